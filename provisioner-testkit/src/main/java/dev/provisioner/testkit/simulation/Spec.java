package dev.provisioner.testkit.simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is wanted of a simulated resource.
 *
 * @param attributes all that the cloud is to show of it, by key, but a key that is remembered
 */
record Spec(Map<String, String> attributes) {
  static final String KEY = "key";
  static final String ZONE = "zone";

  Spec {
    attributes = new TreeMap<>(attributes);
  }

  static Spec of(Wish.Part part, String reads) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("value", Integer.toString(part.value()));
    attributes.put(ZONE, Integer.toString(part.zone()));
    attributes.put("of", reads);
    return new Spec(attributes);
  }

  boolean sameZone(Spec other) {
    return String.valueOf(attributes.get(ZONE)).equals(other.attributes.get(ZONE));
  }
}
