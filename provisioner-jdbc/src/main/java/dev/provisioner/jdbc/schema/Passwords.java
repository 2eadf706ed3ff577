package dev.provisioner.jdbc.schema;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Attempt;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The password of a tenant's role, and how to tell that the role has it: only superusers can read
 * what the server keeps of a password, so a fingerprint of it stands in the role's comment, made
 * under a key that is remembered with the resource and tells nothing without it.
 */
final class Passwords {
  private static final String KEY = "fingerprint-key";
  private static final String GENERATED = "password-";
  private static final int RANDOM_BYTES = 32;
  private static final int FINGERPRINT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SchemaSpec spec;
  private final Attempt attempt;

  Passwords(SchemaSpec spec, Attempt attempt) {
    this.spec = spec;
    this.attempt = attempt;
  }

  /** Makes sure that password and key are remembered before anything is called. */
  void remember() {
    rememberRandom(KEY);
    if (spec.password() == null) {
      rememberRandom(generated());
    }
  }

  private void rememberRandom(String key) {
    if (attempt.remembered(key, Secret.class).isEmpty()) {
      Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
      attempt.remember(key, Secret.of(base64.encodeToString(random(RANDOM_BYTES))));
    }
  }

  private String generated() {
    return GENERATED + Integer.toUnsignedString(spec.rotation());
  }

  /** Returns the password, unless it is one that has not been generated yet. */
  Optional<Secret> password() {
    return spec.password() == null
        ? attempt.remembered(generated(), Secret.class)
        : Optional.of(spec.password());
  }

  /** Returns the password after {@link #remember}. */
  Secret required() {
    return password().orElseThrow(() -> new IllegalStateException("There is no password yet."));
  }

  /** Returns the fingerprint of the password, if both it and the key are known. */
  Optional<String> fingerprint() {
    return password()
        .flatMap(
            password ->
                attempt.remembered(KEY, Secret.class).map(key -> fingerprint(key, password)));
  }

  private static String fingerprint(Secret key, Secret password) {
    try {
      byte[] mac = Scram.hmac(key.reveal().getBytes(US_ASCII), password.reveal().getBytes(UTF_8));
      byte[] part = Arrays.copyOf(mac, FINGERPRINT_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(part);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC.", e);
    }
  }

  /** Returns the verifier to give to the server; another salt each time. */
  String verifier() {
    return Scram.verifier(required().reveal(), random(Scram.SALT_BYTES));
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }
}
