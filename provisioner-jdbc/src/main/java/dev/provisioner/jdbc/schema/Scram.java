package dev.provisioner.jdbc.schema;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What PostgreSQL keeps instead of a password, computed here so that the password never reaches the
 * server or its logs: <a href="https://www.rfc-editor.org/rfc/rfc7677">RFC 7677</a> in the form of
 * <a href="https://www.postgresql.org/docs/current/catalog-pg-authid.html">pg_authid</a>. The
 * server takes such a text as it is.
 */
final class Scram {
  /** Server's default and what RFC 7677 asks for at least; every login pays for more. */
  static final int ITERATIONS = 4096;

  static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;

  private Scram() {}

  /** Returns the verifier of a password of ASCII characters, which SASLprep leaves as they are. */
  static String verifier(String password, byte[] salt) {
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, KEY_BITS))
              .getEncoded();
      byte[] clientKey = hmac(salted, "Client Key".getBytes(US_ASCII));
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
      byte[] serverKey = hmac(salted, "Server Key".getBytes(US_ASCII));
      Base64.Encoder base64 = Base64.getEncoder();
      return "SCRAM-SHA-256$"
          + ITERATIONS
          + ":"
          + base64.encodeToString(salt)
          + "$"
          + base64.encodeToString(storedKey)
          + ":"
          + base64.encodeToString(serverKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has PBKDF2, HMAC and SHA-256.", e);
    }
  }

  static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }
}
