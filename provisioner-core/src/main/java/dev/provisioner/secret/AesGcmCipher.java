package dev.provisioner.secret;

import dev.provisioner.error.SecretException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets with AES-256 in Galois/Counter Mode under keys that the host holds.
 *
 * <p>A sealed text reads {@code v1.<key id>.<base64url of nonce, ciphertext and tag>}. The nonce
 * has 96 random bits, so that one key may seal at most 2<sup>32</sup> values (<a
 * href="https://doi.org/10.6028/NIST.SP.800-38D">NIST SP 800-38D</a>, section 8.3); rotate long
 * before.
 *
 * <p><b>Rotation.</b> An engine knows the keys it was started with. No step may begin before the
 * one before it is done everywhere; each may be repeated, and all but the last may be given up:
 *
 * <ol>
 *   <li>{@link #addKey} to the keyring file of every node, the same bytes (copy the file), and
 *       restart the engines: all can now open what the new key seals.
 *   <li>{@link #makeCurrent} on every node, and restart: all now seal with the new key.
 *   <li>{@link dev.provisioner.engine.ProvisioningEngine#reseal()} on one engine, again until it
 *       returns the new key alone.
 *   <li>{@link #removeKey} on every node, and restart. Keep the old key as long as backups of the
 *       store that need it.
 * </ol>
 *
 * <p>If a key was removed too early, nothing is lost: what it sealed is told by tenant and key, is
 * left as it is, and opens again when the key is put back. The fingerprint key stays.
 *
 * <p>Immutable and thread-safe.
 */
public final class AesGcmCipher implements SecretCipher {
  /** The length of every key. */
  public static final int KEY_BYTES = 32;

  private static final String VERSION = "v1";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String currentKeyId;
  private final Map<String, SecretKey> keys;
  private final SecretKey fingerprintKey;

  AesGcmCipher(String currentKeyId, Map<String, byte[]> keys, byte[] fingerprintKey) {
    this.currentKeyId = currentKeyId;
    Map<String, SecretKey> copy = new LinkedHashMap<>();
    keys.forEach((id, key) -> copy.put(id, new SecretKeySpec(key, "AES")));
    this.keys = copy;
    this.fingerprintKey = new SecretKeySpec(fingerprintKey, "HmacSHA256");
  }

  /**
   * Starts a cipher.
   *
   * @param currentKeyId names the key that seals from now on: 1 to 32 letters, digits, hyphens and
   *     underscores; an id must never be given to another key
   * @param key 32 random bytes, such as {@link #generateKey()} returns
   */
  public static Builder builder(String currentKeyId, byte[] key) {
    return new Builder(currentKeyId, key);
  }

  /**
   * Reads a keyring file.
   *
   * <p>The file is text in UTF-8; lines that are empty or begin with {@code #} are skipped:
   *
   * <pre>
   * current = 2026a
   * fingerprint = &lt;base64url of 32 bytes&gt;
   * key.2026a = &lt;base64url of 32 bytes&gt;
   * key.2025b = &lt;base64url of 32 bytes&gt;
   * </pre>
   *
   * @throws SecretException if the file cannot be read, is not in this form, or can be read by
   *     others than its owner (checked where the file system has POSIX permissions)
   */
  public static AesGcmCipher fromFile(Path file) {
    return Keyring.read(file);
  }

  /**
   * Creates a keyring file with new random keys, readable by its owner only, and reads it. The file
   * appears whole or not at all. Back it up: what was sealed cannot be opened without it.
   *
   * @throws SecretException if the file exists, which is never overwritten, or cannot be written
   */
  public static AesGcmCipher createFile(Path file) {
    Keyring.create(file);
    return Keyring.read(file);
  }

  /**
   * Adds a new random key to a keyring file, which opens and does not seal yet. The file is
   * replaced whole or not at all; comments stay.
   *
   * @throws SecretException if the file has a key of this id, cannot be used as it is, or is being
   *     changed by somebody else
   * @throws IllegalArgumentException if the id is none
   */
  public static void addKey(Path file, String id) {
    Keyring.change(file, keyring -> keyring.add(id));
  }

  /**
   * Makes a key of a keyring file the one that seals. Doing so twice is harmless.
   *
   * @throws SecretException if the file has no such key, cannot be used as it is, or is being
   *     changed by somebody else
   */
  public static void makeCurrent(Path file, String id) {
    Keyring.change(file, keyring -> keyring.makeCurrent(id));
  }

  /**
   * Removes a key from a keyring file. What it sealed does not open until it is put back: see first
   * that {@link dev.provisioner.engine.ProvisioningEngine#keysInUse()} does not name it any more.
   * Doing so twice is harmless.
   *
   * @throws SecretException if the key is the current one, the file cannot be used as it is, or is
   *     being changed by somebody else
   */
  public static void removeKey(Path file, String id) {
    Keyring.change(file, keyring -> keyring.remove(id));
  }

  /** Returns 32 random bytes. */
  public static byte[] generateKey() {
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    return key;
  }

  @Override
  public String seal(byte[] clear, byte[] place) {
    SecretKey key = Objects.requireNonNull(keys.get(currentKeyId));
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      Cipher gcm = gcm(Cipher.ENCRYPT_MODE, key, nonce, currentKeyId, place);
      ByteBuffer sealed = ByteBuffer.allocate(NONCE_BYTES + gcm.getOutputSize(clear.length));
      sealed.put(nonce).put(gcm.doFinal(clear));
      return VERSION + "." + currentKeyId + "." + text(sealed.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java platform has no AES/GCM/NoPadding.", e);
    }
  }

  @Override
  public byte[] open(String sealed, byte[] place) {
    String[] parts = parts(sealed);
    String keyId = parts[1];
    SecretKey key = KeyIds.isValid(keyId) ? keys.get(keyId) : null;
    if (key == null) {
      throw new SecretException(
          "A value was sealed with key "
              + (KeyIds.isValid(keyId) ? "'" + keyId + "'" : "of an invalid id")
              + ", which is not among the known keys "
              + keys.keySet()
              + ". Add it with olderKey(...) or to the keyring file, and restart this engine.");
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(parts[2]);
      if (bytes.length < NONCE_BYTES + TAG_BITS / Byte.SIZE || !text(bytes).equals(parts[2])) {
        throw doesNotOpen(keyId);
      }
      byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
      Cipher gcm = gcm(Cipher.DECRYPT_MODE, key, nonce, keyId, place);
      return gcm.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw doesNotOpen(keyId);
    }
  }

  @Override
  public String currentKeyId() {
    return currentKeyId;
  }

  @Override
  public String keyId(String sealed) {
    return parts(sealed)[1];
  }

  private static String[] parts(String sealed) {
    String[] parts = sealed.split("\\.", -1);
    if (parts.length != 3 || !parts[0].equals(VERSION)) {
      throw new SecretException(
          "A sealed value is not in the form 'v1.<key id>.<text>' of AesGcmCipher: another cipher"
              + " sealed it, or it was changed. Configure the cipher that sealed it.");
    }
    return parts;
  }

  private static SecretException doesNotOpen(String keyId) {
    return new SecretException(
        "A sealed value does not open with key '"
            + keyId
            + "': it was changed, it was moved from the place it was sealed for, or another key had"
            + " this id when it was sealed. Check the key, or restore the document from a backup.");
  }

  @Override
  public byte[] fingerprint(byte[] clear) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(fingerprintKey);
      return mac.doFinal(clear);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java platform has no HmacSHA256.", e);
    }
  }

  /** Shows the ids of the keys, the current one first. */
  @Override
  public String toString() {
    return "AesGcmCipher[current=" + currentKeyId + ", keys=" + keys.keySet() + "]";
  }

  private static Cipher gcm(int mode, SecretKey key, byte[] nonce, String keyId, byte[] place)
      throws GeneralSecurityException {
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    gcm.updateAAD((VERSION + "." + keyId + ".").getBytes(StandardCharsets.US_ASCII));
    gcm.updateAAD(place);
    return gcm;
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Collects the keys. Not thread-safe. */
  public static final class Builder {
    private final String currentKeyId;
    private final Map<String, byte[]> keys = new LinkedHashMap<>();
    private byte[] fingerprintKey = new byte[0];

    private Builder(String currentKeyId, byte[] key) {
      this.currentKeyId = currentKeyId;
      olderKey(currentKeyId, key);
    }

    /** Adds a key that opens what it sealed earlier and seals nothing new. */
    public Builder olderKey(String id, byte[] key) {
      KeyIds.require(id);
      requireLength(key, "Key '" + id + "'");
      if (keys.putIfAbsent(id, key.clone()) != null) {
        throw new IllegalArgumentException("Two keys have the id '" + id + "'.");
      }
      return this;
    }

    /**
     * Sets the key of {@link SecretCipher#fingerprint}, 32 random bytes of its own. It stays when
     * the sealing key is rotated.
     */
    public Builder fingerprintKey(byte[] key) {
      requireLength(key, "The fingerprint key");
      this.fingerprintKey = key.clone();
      return this;
    }

    /**
     * Returns the cipher.
     *
     * @throws IllegalArgumentException if the fingerprint key is missing or also seals
     */
    public AesGcmCipher build() {
      if (fingerprintKey.length == 0) {
        throw new IllegalArgumentException(
            "A cipher needs a fingerprint key: call fingerprintKey(...) with 32 random bytes and keep"
                + " them when the sealing key is rotated.");
      }
      for (Map.Entry<String, byte[]> key : keys.entrySet()) {
        if (MessageDigest.isEqual(key.getValue(), fingerprintKey)) {
          throw new IllegalArgumentException(
              "Key '"
                  + key.getKey()
                  + "' is also the fingerprint key; each needs bytes of its own.");
        }
      }
      return new AesGcmCipher(currentKeyId, keys, fingerprintKey);
    }

    private static void requireLength(byte[] key, String what) {
      if (key.length != KEY_BYTES) {
        throw new IllegalArgumentException(
            what + " has " + key.length + " bytes; AES-256 and the fingerprint take 32.");
      }
    }

    /** Shows the ids of the keys. */
    @Override
    public String toString() {
      return "AesGcmCipher.Builder" + keys.keySet();
    }
  }
}
