package dev.provisioner.testkit;

import dev.provisioner.secret.Secret;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@link FakeResources} made.
 *
 * @param id the cloud's id of it, never used twice
 * @param name its name in the cloud
 * @param attributes as the cloud has them, without secrets, sorted
 * @param key the generated key, or null if the spec asked for none
 */
public record FakeResource(
    String id, String name, Map<String, String> attributes, @Nullable Secret key) {

  /** Copies the attributes. */
  public FakeResource {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
  }
}
