package dev.provisioner.internal.json;

import static dev.provisioner.internal.json.Samples.CANARY;
import static dev.provisioner.internal.json.Samples.chain;
import static dev.provisioner.internal.json.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.json.Samples.Bytes;
import dev.provisioner.internal.json.Samples.Database;
import dev.provisioner.internal.json.Samples.Everything;
import dev.provisioner.internal.json.Samples.Loose;
import dev.provisioner.internal.json.Samples.Shape;
import dev.provisioner.internal.json.Samples.Size;
import dev.provisioner.internal.json.Samples.Texts;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecTest {
  private static final String PLACE = "steps/landing/spec";

  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k1", key(1)).fingerprintKey(key(9)).build();
  private final Codec codec = new Codec(cipher);
  private final Codec plain = new Codec(null);

  private static Everything everything() {
    return new Everything(
        "täxt \u0000 \uD83D\uDE00",
        7,
        Long.MAX_VALUE,
        new BigDecimal("1.10"),
        0.1,
        0.1f,
        true,
        Size.LARGE,
        Duration.ofMinutes(90),
        Instant.parse("2026-01-02T03:04:05.123456789Z"),
        LocalDate.of(2026, 2, 3),
        ZoneId.of("Europe/Vienna"),
        Path.of("modules", "network"),
        URI.create("s3://bucket/key"),
        Set.of("c", "a", "b"),
        List.of(new Shape.Login("joe", Secret.of(CANARY)), new Shape.Open()),
        Map.of(LocalDate.of(2026, 2, 3), List.of(Secret.of(""), Secret.of(CANARY + "2"))),
        Map.of("s", Secret.of(CANARY + "3"), "l", List.of(1, Map.of("t", Secret.of("x")))),
        null);
  }

  @Test
  void everyKindOfValueIsReadBackFromTextAsItWasRecorded() {
    Codec.Encoded encoded = codec.encode(everything(), PLACE);
    JsonNode stored = codec.parse(codec.bytes(encoded.json()));
    assertThat(codec.decode(stored, Everything.class, PLACE)).isEqualTo(everything());
    assertThat(codec.decode(encoded.json(), Everything.class, PLACE)).isEqualTo(everything());
    assertThat(codec.encode(codec.decode(stored, Everything.class, PLACE), PLACE).fingerprint())
        .isEqualTo(encoded.fingerprint());
  }

  @Test
  void noSecretStandsInTheJsonTheRedactionOrAnyToString() {
    Codec.Encoded encoded = codec.encode(everything(), PLACE);
    assertThat(new String(codec.bytes(encoded.json()), StandardCharsets.UTF_8))
        .doesNotContain(CANARY);
    assertThat(encoded.toString()).doesNotContain(CANARY);
    assertThat(codec.redacted(encoded.json())).doesNotContain(CANARY);
    assertThat(Codec.hasSecrets(encoded.json())).isTrue();
  }

  @Test
  void redactionShowsSecretsAsSuchAndKeysAsTheyWere() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("$sealed", "mine");
    value.put("password", Secret.of(CANARY));
    assertThat(codec.redacted(codec.encode(value, PLACE).json()))
        .isEqualTo("{\"$sealed\":\"mine\",\"password\":\"[secret]\"}");
  }

  @Test
  void ofARecordOnlyTheComponentsAreRecorded() {
    JsonNode json = codec.encode(new Database("db", Secret.of(CANARY)), PLACE).json();
    assertThat(json.properties()).extracting(Map.Entry::getKey).containsExactly("host", "password");
  }

  @Test
  void aSecretIsReadBackWhereNoTypeIsDeclared() {
    JsonNode json = codec.encode(new Loose(Secret.of(CANARY)), PLACE).json();
    assertThat(codec.decode(json, Loose.class, PLACE)).isEqualTo(new Loose(Secret.of(CANARY)));
    JsonNode bare = codec.encode(Secret.of(CANARY), PLACE).json();
    assertThat(codec.decode(bare, Secret.class, PLACE)).isEqualTo(Secret.of(CANARY));
    assertThat(codec.decode(bare, Object.class, PLACE)).isEqualTo(Secret.of(CANARY));
  }

  @Test
  void aMapOfTheHostThatLooksSealedIsNotMistaken() {
    for (String key : List.of("$sealed", "$$sealed", "$", "$$", "$secret", "$x")) {
      Map<String, Object> value = Map.of(key, "v1.k1.AAAA", "n", Map.of(key, Map.of(key, 1)));
      Codec.Encoded encoded = plain.encode(value, PLACE);
      assertThat(Codec.hasSecrets(encoded.json())).isFalse();
      assertThat(plain.decode(encoded.json(), Object.class, PLACE)).isEqualTo(value);
      Map<String, Object> single = Map.of(key, "v1.k1.AAAA");
      JsonNode json = plain.encode(single, PLACE).json();
      assertThat(Codec.hasSecrets(json)).isFalse();
      assertThat(plain.decode(json, Object.class, PLACE)).isEqualTo(single);
    }
  }

  @Test
  void randomValuesAreReadBackAndKeepTheirFingerprintInAnyOrder() {
    Random random = new Random(20260101);
    for (int i = 0; i < 300; i++) {
      Map<String, Object> value = randomMap(random, 0);
      Codec.Encoded encoded = codec.encode(value, PLACE);
      JsonNode stored = codec.parse(codec.bytes(encoded.json()));
      Map<?, ?> read = codec.decode(stored, Map.class, PLACE);
      assertThat(read).isEqualTo(value);
      assertThat(codec.encode(shuffled(read, random), PLACE).fingerprint())
          .isEqualTo(encoded.fingerprint());
    }
  }

  private static Map<String, Object> randomMap(Random random, int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      map.put(randomText(random), randomValue(random, depth));
    }
    return map;
  }

  private static @Nullable Object randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 7 : 10)) {
      case 0 -> null;
      case 1 -> random.nextInt();
      case 2 -> (long) Integer.MAX_VALUE + 1 + random.nextInt(1000);
      case 3 -> new BigDecimal(BigInteger.valueOf(random.nextLong()), 1 + random.nextInt(30));
      case 4 -> random.nextBoolean();
      case 5 -> randomText(random);
      case 6 -> Secret.of(randomText(random));
      case 7 -> randomMap(random, depth + 1);
      default -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(randomValue(random, depth + 1));
        }
        yield list;
      }
    };
  }

  private static String randomText(Random random) {
    String alphabet = "$~/\\\"\u0000\n.ab0é\u20AC";
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "$" : "");
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static Map<String, Object> shuffled(Map<?, ?> map, Random random) {
    List<Object> keys = new ArrayList<>(map.keySet());
    java.util.Collections.shuffle(keys, random);
    Map<String, Object> copy = new LinkedHashMap<>();
    keys.forEach(
        k -> {
          Object v = map.get(k);
          copy.put((String) k, v instanceof Map<?, ?> m ? shuffled(m, random) : v);
        });
    return copy;
  }

  @Test
  void aSecretMovedToAnotherFieldOrPlaceDoesNotOpen() {
    Map<String, Object> value = Map.of("a", Secret.of(CANARY), "b", Secret.of("other"));
    JsonNode json = codec.encode(value, PLACE).json();
    JsonNode swapped =
        Tree.NODES
            .objectNode()
            .<com.fasterxml.jackson.databind.node.ObjectNode>set("a", json.get("b"))
            .set("b", json.get("a"));
    for (Throwable thrown :
        List.of(
            catchThrowable(() -> codec.decode(swapped, Map.class, PLACE)),
            catchThrowable(() -> codec.decode(json.get("a"), Secret.class, PLACE)),
            catchThrowable(() -> codec.decode(json, Map.class, "steps/other/spec")))) {
      assertThat(thrown).isInstanceOf(SecretException.class);
      assertThat(chain(thrown)).doesNotContain(CANARY);
    }
    assertThatThrownBy(() -> codec.decode(swapped, Map.class, PLACE))
        .hasMessage(
            "The secret in field 'a' does not open. A sealed value does not open with key 'k1': it"
                + " was changed, it was moved from the place it was sealed for, or another key had"
                + " this id when it was sealed. Check the key, or restore the document from a"
                + " backup.");
  }

  @Test
  void whereOnePartOfAPlaceEndsIsPartOfIt() {
    assertThat(Place.bytes("a/b", "/c")).isNotEqualTo(Place.bytes("a", "/b/c"));
  }

  @Test
  void anOlderKeyOpensAndRewrappingSealsWithTheCurrentOne() {
    Codec.Encoded old = codec.encode(everything(), PLACE);
    AesGcmCipher rotated =
        AesGcmCipher.builder("k2", key(2)).olderKey("k1", key(1)).fingerprintKey(key(9)).build();
    Codec after = new Codec(rotated);
    assertThat(after.decode(old.json(), Everything.class, PLACE)).isEqualTo(everything());
    assertThat(after.encode(everything(), PLACE).fingerprint()).isEqualTo(old.fingerprint());

    assertThat(after.isCurrent(old.json())).isFalse();
    JsonNode rewrapped = after.rewrap(old.json(), PLACE);
    assertThat(after.isCurrent(rewrapped)).isTrue();
    assertThat(after.keyIds(old.json())).containsExactly("k1");
    assertThat(after.keyIds(rewrapped)).containsExactly("k2");
    assertThat(plain.isCurrent(plain.encode(Map.of("a", 1), PLACE).json())).isTrue();
    Codec newest = new Codec(AesGcmCipher.builder("k2", key(2)).fingerprintKey(key(9)).build());
    assertThat(newest.decode(rewrapped, Everything.class, PLACE)).isEqualTo(everything());
    assertThatThrownBy(() -> newest.decode(old.json(), Everything.class, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessageEndingWith(
            "A value was sealed with key 'k1', which is not among the known keys [k2]. Add it with"
                + " olderKey(...) or to the keyring file, and restart this engine.");
  }

  @Test
  void fingerprintsStayTheSameForEver() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("region", "eu-west-1");
    value.put("size", Size.SMALL);
    value.put("share", 0.5);
    value.put("zones", Set.of("c", "a", "b"));
    value.put("$x", Arrays.asList(1, null, true, "\"\n"));
    assertThat(plain.encode(value, PLACE).fingerprint())
        .isEqualTo("s1:PxiXHRrPtv1XeQ8g4nNWs_QpagfrQ-dJBBeemk4wVYs");
    value.put("password", Secret.of(CANARY));
    assertThat(codec.encode(value, PLACE).fingerprint())
        .isEqualTo("h1:7YO_LVXI_5LSMqZlFByvNGbMcUrnhlHGRLpsoqgBaSk");
  }

  @Test
  void aCipherAddedLaterChangesNoFingerprintAndASecretIsPartOfIt() {
    assertThat(codec.encode(Map.of("a", 1), PLACE).fingerprint())
        .isEqualTo(plain.encode(Map.of("a", 1), PLACE).fingerprint());
    assertThat(codec.encode(new Loose(Secret.of("a")), PLACE).fingerprint())
        .isNotEqualTo(codec.encode(new Loose(Secret.of("b")), PLACE).fingerprint())
        .isNotEqualTo(codec.encode(new Loose("a"), PLACE).fingerprint());
  }

  @Test
  void numbersAreComparedByValueAndOtherValuesByKind() {
    assertThat(print(1))
        .isEqualTo(print(1L))
        .isEqualTo(print(1.0))
        .isEqualTo(print(BigInteger.ONE));
    assertThat(print(1)).isEqualTo(print(new BigDecimal("1.00"))).isNotEqualTo(print("1"));
    assertThat(print(0.1)).isEqualTo(print(0.1f)).isEqualTo(print(new BigDecimal("0.10")));
    assertThat(print(-0.0)).isEqualTo(print(0));
    assertThat(print(new BigDecimal("1E+999999999"))).isNotEqualTo(print(1));
    assertThat(print(true)).isNotEqualTo(print("true"));
    assertThat(print(List.of("a", "b"))).isNotEqualTo(print(List.of("a,b")));
  }

  private String print(Object value) {
    return plain.encode(new Loose(value), PLACE).fingerprint();
  }

  @Test
  void aSetIsRecordedInTheSameOrderHoweverItIterates() {
    Set<Object> one = new LinkedHashSet<>(List.of(3, "x", new Shape.Open(), 1.5, List.of()));
    Set<Object> two = new LinkedHashSet<>(List.of(List.of(), 1.5, new Shape.Open(), "x", 3));
    assertThat(plain.encode(new Loose(one), PLACE)).isEqualTo(plain.encode(new Loose(two), PLACE));
    Set<Object> alike = new LinkedHashSet<>(List.of(1, 1L, new BigDecimal("1.0")));
    assertThat(plain.encode(new Loose(alike), PLACE).json().get("value")).hasSize(3);
  }

  @Test
  void bytesAreRecordedAsBase64AndEmptyRecordsAsEmptyObjects() {
    Bytes bytes = new Bytes();
    bytes.bytes = new byte[] {0, -1, 127};
    JsonNode json = plain.encode(bytes, PLACE).json();
    assertThat(json.toString()).isEqualTo("{\"bytes\":\"AP9/\"}");
    assertThat(plain.decode(json, Bytes.class, PLACE).bytes).isEqualTo(bytes.bytes);
    record Nothing() {}
    assertThat(plain.encode(new Nothing(), PLACE).json().toString()).isEqualTo("{}");
  }

  @Test
  void whatANewerReleaseAddedIsIgnoredAndWhatAnOlderOmittedIsNull() {
    JsonNode json =
        plain.parse("{\"host\":\"db\",\"port\":{\"x\":1}}".getBytes(StandardCharsets.UTF_8));
    Database read = plain.decode(json, Database.class, PLACE);
    assertThat(read.host()).isEqualTo("db");
    assertThat(read.password()).isNull();
  }

  @Test
  void aFieldThatWasTextAndIsASecretNowIsReadButNotTheOtherWayRound() {
    JsonNode text = plain.encode(Map.of("host", "db", "password", CANARY), PLACE).json();
    assertThat(plain.decode(text, Database.class, PLACE).password()).isEqualTo(Secret.of(CANARY));
    JsonNode sealed = codec.encode(Map.of("name", Secret.of(CANARY)), PLACE).json();
    assertThatThrownBy(() -> codec.decode(sealed, Texts.class, PLACE))
        .hasMessage(
            Texts.class.getTypeName()
                + " cannot be read from the recorded JSON: field 'name' is recorded as a secret and"
                + " cannot be read as java.lang.String; declare it Secret.");
    JsonNode inList = codec.encode(Map.of("texts", List.of(Secret.of(CANARY))), PLACE).json();
    assertThatThrownBy(() -> codec.decode(inList, Texts.class, PLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'texts.0' is recorded as a secret");
  }
}
