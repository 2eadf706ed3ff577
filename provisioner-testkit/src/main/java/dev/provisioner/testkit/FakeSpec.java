package dev.provisioner.testkit;

import dev.provisioner.secret.Secret;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of {@link FakeResources}: {@code FakeSpec.of("region", "eu-west-1").with("size",
 * "3")}.
 *
 * @param name the resource's name, or null to use the one the engine derived
 * @param attributes by key, not secret, sorted; keys must not begin with {@code fake:}
 * @param password given to the cloud but not shown in outputs, or null for none
 * @param generatesKey whether the resource gets a key that is chosen before it is created and
 *     cannot be read back from the cloud
 */
public record FakeSpec(
    @Nullable String name,
    Map<String, String> attributes,
    @Nullable Secret password,
    boolean generatesKey) {
  static final String RESERVED = "fake:";

  /** Copies the attributes; missing ones are none. */
  @SuppressWarnings("NullAway") // a document written by hand may lack them
  public FakeSpec {
    Map<String, String> copy = new TreeMap<>(attributes == null ? Map.of() : attributes);
    for (String key : copy.keySet()) {
      if (key.startsWith(RESERVED)) {
        throw new IllegalArgumentException(
            "An attribute's key must not begin with '" + RESERVED + "': " + key);
      }
    }
    attributes = Collections.unmodifiableMap(copy);
  }

  /** Returns a spec without a name, attributes or secrets. */
  public static FakeSpec empty() {
    return new FakeSpec(null, Map.of(), null, false);
  }

  /** Returns a spec with one attribute. */
  public static FakeSpec of(String key, String value) {
    return empty().with(key, value);
  }

  /** Returns this spec with a name of its own. */
  public FakeSpec named(String newName) {
    return new FakeSpec(newName, attributes, password, generatesKey);
  }

  /** Returns this spec with another attribute, or another value of it. */
  public FakeSpec with(String key, String value) {
    Map<String, String> more = new TreeMap<>(attributes);
    more.put(key, value);
    return new FakeSpec(name, more, password, generatesKey);
  }

  /** Returns this spec with a password. */
  public FakeSpec withPassword(Secret newPassword) {
    return new FakeSpec(name, attributes, newPassword, generatesKey);
  }

  /** Returns this spec with a generated key. */
  public FakeSpec withGeneratedKey() {
    return new FakeSpec(name, attributes, password, true);
  }
}
