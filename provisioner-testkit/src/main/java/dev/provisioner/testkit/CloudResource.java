package dev.provisioner.testkit;

import dev.provisioner.spi.Marker;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource in a {@link FakeCloud}, as it was at one moment.
 *
 * @param kind what it is; a {@link FakeResources} uses its provisioner id
 * @param name unique among the live resources of the cloud, whatever their kind
 * @param marker the marker text it was created with, or null if it carries none
 * @param attributes sorted by key
 * @param id never used twice: a resource made again under the same name has another one
 */
public record CloudResource(
    String kind, String name, @Nullable String marker, Map<String, String> attributes, String id) {

  /** Copies the attributes. */
  public CloudResource {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
  }

  /** Returns whose it is, or empty if it carries no marker of the library's form. */
  public Optional<CloudOwner> owner() {
    return Marker.parse(marker).map(CloudOwner::of);
  }

  CloudResource with(Map<String, String> newAttributes) {
    return new CloudResource(kind, name, marker, newAttributes, id);
  }

  /** Shows the attributes' keys only: values may be secret. */
  @Override
  public String toString() {
    return kind + " " + name + " " + id + " " + attributes.keySet() + " marker " + marker;
  }
}
