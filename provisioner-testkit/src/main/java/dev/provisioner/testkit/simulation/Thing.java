package dev.provisioner.testkit.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource in the simulated cloud.
 *
 * @param marker the text it was created with, or null
 * @param planted whether somebody else made it
 */
record Thing(
    String id,
    String kind,
    String name,
    @Nullable String marker,
    Map<String, String> attributes,
    boolean planted) {
  Thing {
    attributes = new TreeMap<>(attributes);
  }

  Thing with(Map<String, String> newAttributes) {
    return new Thing(id, kind, name, marker, newAttributes, planted);
  }

  @Override
  public String toString() {
    return kind + " " + name + " " + id + attributes;
  }
}
