package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.Shown;
import dev.provisioner.secret.Secret;
import dev.provisioner.secret.SecretCipher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns inputs, specs and outputs into the JSON that is recorded, and back. Every {@link Secret} in
 * them, at whatever depth, is sealed for its place: the place the caller names and the JSON pointer
 * of the field. A sealed value that is moved does not open.
 *
 * <p>Recorded form: a secret is <code>{"$sealed":"…"}</code>; any other key that begins with {@code
 * $} is recorded with one more {@code $}. A set is recorded in a fixed order, a null field not at
 * all.
 *
 * <p>Fingerprints: two values have the same if their JSON has the same members, in whatever order,
 * and numbers are compared by value (1, 1.0 and 1.00 are one number). A value with secrets is
 * digested under the cipher's fingerprint key ({@code h1:}), one without by plain SHA-256 ({@code
 * s1:}), so that a cipher added later changes no fingerprint.
 *
 * <p>What goes wrong names the type and the field, never a value: exceptions of the JSON library
 * and of the host's own classes may quote values and are therefore not passed on as causes.
 *
 * <p>Immutable and thread-safe.
 */
public final class Codec {

  /**
   * What is recorded.
   *
   * @param json the value with its secrets sealed
   * @param fingerprint by which two values are compared without opening either
   * @param bytes how many it takes as UTF-8 text, near enough for a limit
   */
  public record Encoded(JsonNode json, String fingerprint, long bytes) {}

  private static final byte[] FINGERPRINT_DOMAIN =
      "provisioner fingerprint h1\n".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable SecretCipher cipher;
  private final ObjectMapper mapper = Mapper.create();

  /**
   * Creates a codec.
   *
   * @param cipher seals secrets; null refuses values that hold any
   */
  public Codec(@Nullable SecretCipher cipher) {
    this.cipher = cipher;
  }

  /** Returns whether values with secrets can be recorded. */
  public boolean canSeal() {
    return cipher != null;
  }

  /**
   * Returns a value as it is recorded, and its fingerprint.
   *
   * @param place where it is recorded; {@link #decode} must be given the same
   * @throws RefusedException if the value cannot be recorded as JSON
   * @throws SecretException if it holds a secret and there is no cipher
   */
  public Encoded encode(Object value, String place) {
    JsonNode clear = clear(value);
    JsonNode json = sealed(clear, value, place);
    if (!hasSecrets(json)) {
      byte[] canonical = Canonical.bytes(clear);
      return new Encoded(json, "s1:" + text(sha256(canonical)), canonical.length);
    }
    byte[] fingerprint = requireCipher().fingerprint(Canonical.bytes(FINGERPRINT_DOMAIN, clear));
    return new Encoded(json, "h1:" + text(fingerprint), bytes(json).length);
  }

  /** Returns a value as {@link #encode} does, of which nobody needs the fingerprint. */
  public JsonNode json(Object value, String place) {
    return sealed(clear(value), value, place);
  }

  private JsonNode clear(Object value) {
    Objects.requireNonNull(value, "value");
    Refusals refusals = Refusals.writing(value.getClass());
    return Normal.form(tree(value, refusals), refusals);
  }

  private JsonNode sealed(JsonNode clear, Object value, String place) {
    Pointer secretAt = Tree.firstSecret(clear, Pointer.ROOT);
    if (secretAt == null) {
      return clear;
    }
    if (cipher == null) {
      String field = Tree.readable(secretAt.toString());
      throw new SecretException(
          Refusals.writing(value.getClass()).type()
              + " holds a secret"
              + (field.isEmpty() ? "" : " in field '" + Shown.line(field) + "'")
              + " and the engine has no cipher to seal it with. Configure"
              + " ProvisioningEngine.builder().cipher(...), for example with an AesGcmCipher.");
    }
    return new Sealer(cipher, place).seal(clear);
  }

  /** Returns the fingerprint of a recorded value. */
  public String fingerprint(JsonNode json, String place) {
    return encode(decode(json, Object.class, place), place).fingerprint();
  }

  private JsonNode tree(Object value, Refusals refusals) {
    try {
      return Mapper.tree(mapper, value, 0);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw refusals.because(e);
    }
  }

  /**
   * Returns the value that was recorded. Members that the type does not know are ignored: a newer
   * release wrote them. In a position of no declared type, whole numbers become {@code Integer},
   * {@code Long} or {@code BigInteger}, others {@code BigDecimal}, secrets {@code Secret}.
   *
   * @param place the one given to {@link #encode}
   * @throws RefusedException if the JSON does not fit the type
   * @throws SecretException if a secret in it does not open
   */
  public <T> T decode(JsonNode json, Class<T> type, String place) {
    Refusals refusals = Refusals.reading(type);
    JsonNode clear = opened(json, place, refusals);
    T value;
    try {
      value = mapper.treeToValue(Tree.withKeys(clear, Tree::unescaped), type);
    } catch (JsonProcessingException | RuntimeException | StackOverflowError e) {
      throw refusals.because(e);
    }
    if (value == null) {
      throw refusals.because(Pointer.ROOT, "it is null");
    }
    return value;
  }

  /** Returns whether something in this recorded JSON is sealed. */
  public static boolean hasSecrets(JsonNode json) {
    return Tree.anySealed(json);
  }

  /** Returns the secrets in recorded JSON, in clear: to keep them out of what is shown. */
  public List<String> secrets(JsonNode json, String place) {
    List<String> found = new ArrayList<>();
    Tree.map(
        opened(json, place, Refusals.reading(Object.class)),
        Pointer.ROOT,
        (at, node) -> {
          Secret secret = Tree.secret(node);
          if (secret != null) {
            found.add(secret.reveal());
          }
          return null;
        });
    return found;
  }

  /** Returns where in recorded JSON a text that fits stands in clear, for people; or null. */
  public static @Nullable String whereInClear(JsonNode json, Predicate<String> text) {
    Pointer found = Tree.firstText(json, Pointer.ROOT, text);
    return found == null ? null : Shown.line(Tree.readable(found.toString()));
  }

  /** Returns recorded JSON for people: secrets as {@code [secret]}, on one line. */
  public String redacted(JsonNode json) {
    return Tree.redacted(json).toString();
  }

  /** Returns the ids of the keys with which something in this recorded JSON is sealed. */
  public Set<String> keyIds(JsonNode json) {
    Set<String> ids = new TreeSet<>();
    Tree.map(
        json,
        Pointer.ROOT,
        (at, node) -> {
          if (Tree.isSealed(node)) {
            ids.add(requireCipher().keyId(node.get(Tree.SEALED).asText()));
          }
          return null;
        });
    return ids;
  }

  /** Returns whether nothing in this recorded JSON is sealed with another key than the current. */
  public boolean isCurrent(JsonNode json) {
    Set<String> ids = keyIds(json);
    return ids.isEmpty() || ids.equals(Set.of(requireCipher().currentKeyId()));
  }

  /**
   * Returns recorded JSON with its secrets sealed by the cipher's current key, whichever known key
   * sealed them before.
   */
  public JsonNode rewrap(JsonNode json, String place) {
    return new Sealer(requireCipher(), place)
        .seal(opened(json, place, Refusals.reading(Object.class)));
  }

  /** Reads JSON text so that no digit of a number is lost; see {@link #bytes}. */
  public JsonNode parse(byte[] json) {
    try {
      return mapper.readTree(json);
    } catch (IOException | RuntimeException e) { // the library throws both at bad numbers
      throw unreadable(e);
    }
  }

  /** Writes JSON as compact UTF-8 text. */
  public byte[] bytes(JsonNode json) {
    try {
      return mapper.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  private static RefusedException unreadable(Exception e) {
    String where = "";
    if (e instanceof JacksonException jackson && jackson.getLocation() != null) {
      where =
          " at line "
              + jackson.getLocation().getLineNr()
              + ", column "
              + jackson.getLocation().getColumnNr();
    }
    return new RefusedException(
        "Recorded state is not JSON that this release can read"
            + where
            + " ("
            + e.getClass().getSimpleName()
            + "). Restore the document from a backup.",
        null);
  }

  private JsonNode opened(JsonNode json, String place, Refusals refusals) {
    return new Opener(hasSecrets(json) ? requireCipher() : null, place, refusals).open(json);
  }

  private SecretCipher requireCipher() {
    if (cipher == null) {
      throw new SecretException(
          "The recorded state holds sealed secrets and the engine has no cipher to open them with."
              + " Configure ProvisioningEngine.builder().cipher(...) with the keys that sealed"
              + " them.");
    }
    return cipher;
  }

  private static String text(byte[] digest) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
