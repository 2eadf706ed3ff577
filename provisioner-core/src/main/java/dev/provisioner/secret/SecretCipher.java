package dev.provisioner.secret;

/**
 * Seals secret values before they are stored, and opens them again.
 *
 * <p>Implementations are thread-safe, must authenticate (a changed sealed value, or one moved to
 * another place, does not open) and must give a different sealed text each time.
 */
public interface SecretCipher {

  /**
   * Seals a value.
   *
   * @param clear the value
   * @param place where the value stands in the state; {@link #open} must be given the same
   * @return a text safe to store, which names the key it was sealed with
   */
  String seal(byte[] clear, byte[] place);

  /**
   * Opens a sealed value.
   *
   * @throws dev.provisioner.error.SecretException if the key is not known any more, or the value
   *     was changed or moved; the message names the key and never the value
   */
  byte[] open(String sealed, byte[] place);

  /** Returns the id of the key that {@link #seal} seals with now. Ids are not secret. */
  String currentKeyId();

  /**
   * Returns the id of the key that a sealed text names, whether or not that key is known here.
   *
   * @throws dev.provisioner.error.SecretException if another cipher sealed the text, or it was
   *     changed
   */
  String keyId(String sealed);

  /**
   * Returns a keyed digest of a value, by which two values are compared without storing either. The
   * key must stay the same when the sealing key is rotated, or every spec with a secret looks
   * changed once.
   */
  byte[] fingerprint(byte[] clear);
}
