package dev.provisioner.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A value that must not be seen: a password, a token, a key.
 *
 * <p>A secret in a plan's input, a spec or an output is sealed in the state document and shown as
 * {@code [secret]} wherever else it could appear: logs, events, exceptions, previews, {@code
 * toString}. Only {@link #reveal()} gives the value.
 *
 * <p>A spec, an output or a remembered value in which a secret that the step was given stands in
 * clear is refused and not recorded, if the secret has 16 characters or more; a shorter one could
 * stand there by chance. A text that is put together with a secret is a secret: make that field one
 * too.
 *
 * <p>Immutable and thread-safe.
 */
public final class Secret {
  /** How every secret is shown. */
  public static final String REDACTED = "[secret]";

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Returns a secret with this value; the empty value is allowed. */
  public static Secret of(String value) {
    return new Secret(Objects.requireNonNull(value, "value"));
  }

  /** Returns the value in clear. What is done with it is the caller's responsibility. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that does not depend on where two values differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a constant: a hash code of the value would narrow it down. */
  @Override
  public int hashCode() {
    return 7;
  }

  @Override
  public String toString() {
    return REDACTED;
  }
}
