package dev.provisioner.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecTest {
  private static final String CANARY = "cAnArY-7f3c";
  private static final String PLACE = "steps/landing/spec";

  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k1", key(1)).fingerprintKey(key(9)).build();
  private final Codec codec = new Codec(cipher);
  private final Codec plain = new Codec(null);

  enum Size {
    SMALL,
    LARGE
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Shape.Login.class, name = "login"),
    @JsonSubTypes.Type(value = Shape.Open.class, name = "open")
  })
  sealed interface Shape {
    record Login(String user, Secret password) implements Shape {}

    record Open() implements Shape {}
  }

  record Everything(
      String text,
      int number,
      long big,
      BigDecimal exact,
      double fraction,
      float single,
      boolean yes,
      Size size,
      Duration duration,
      Instant instant,
      LocalDate day,
      ZoneId zone,
      Path path,
      URI uri,
      Set<String> set,
      List<Shape> shapes,
      Map<LocalDate, List<Secret>> secrets,
      Map<String, Object> loose,
      @Nullable Secret absent) {}

  record Database(String host, Secret password) {
    String getUrl() {
      return "jdbc://" + host + "?password=" + password.reveal();
    }

    boolean isOpen() {
      return password.reveal().isEmpty();
    }
  }

  record Hosts(List<Database> hosts) {}

  record Loose(Object value) {}

  static final class Bytes {
    public byte[] bytes = {};
  }

  record Maybe(Optional<String> name) {}

  record Texts(List<String> texts, String name) {}

  record Holder(Object content) {}

  record Numbers(int count) {}

  record Strict(String name) {
    Strict {
      if (name.contains(CANARY)) {
        throw new IllegalArgumentException("bad: " + name);
      }
    }
  }

  static final class Leaky {
    public String getName() {
      return List.of("cannot read " + CANARY).iterator().next().transform(Leaky::fail);
    }

    private static String fail(String message) {
      throw new IllegalStateException(message);
    }
  }

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
    JsonNode moved = codec.moved(json, PLACE, "steps/other/spec");
    assertThat(codec.decode(moved, Object.class, "steps/other/spec")).isEqualTo(value);
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

    JsonNode rewrapped = after.rewrap(old.json(), PLACE);
    Codec newest = new Codec(AesGcmCipher.builder("k2", key(2)).fingerprintKey(key(9)).build());
    assertThat(newest.decode(rewrapped, Everything.class, PLACE)).isEqualTo(everything());
    assertThatThrownBy(() -> newest.decode(old.json(), Everything.class, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessageEndingWith(
            "A value was sealed with key 'k1', which is not among the known keys [k2]. Add it with"
                + " olderKey(...) or to the keyring file.");
  }

  @Test
  void aSecretWithoutACipherIsRefusedAndTheMessageSaysWhatToDo() {
    Hosts value = new Hosts(List.of(new Database("db", Secret.of(CANARY))));
    assertThatThrownBy(() -> plain.encode(value, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            Hosts.class.getTypeName()
                + " holds a secret in field 'hosts.0.password' and the engine has no cipher to seal"
                + " it with. Configure ProvisioningEngine.builder().cipher(...), for example with"
                + " an AesGcmCipher.");
    JsonNode sealed = codec.encode(value, PLACE).json();
    assertThatThrownBy(() -> plain.decode(sealed, Hosts.class, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "The recorded state holds sealed secrets and the engine has no cipher to open them"
                + " with. Configure ProvisioningEngine.builder().cipher(...) with the keys that"
                + " sealed them.");
    assertThat(plain.canSeal()).isFalse();
    assertThat(codec.canSeal()).isTrue();
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

  @Test
  void whatCannotBeRecordedIsRefusedByTypeAndField() {
    assertThat(refusal(new Maybe(Optional.of(CANARY))))
        .isEqualTo(
            Maybe.class.getTypeName()
                + " cannot be recorded as JSON: field 'name' has the type java.util.Optional; use a"
                + " nullable field, absent when null.");
    assertThat(refusal(new Holder(new Object())))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' has the type java.lang.Object, which"
                + " has no JSON form here. Use records of strings, numbers, booleans, enums,"
                + " Duration, Instant, LocalDate, URI, Path, byte[], Secret, lists, sets, maps and"
                + " further records; in a named module, open their package to"
                + " com.fasterxml.jackson.databind.");
    assertThat(refusal(new Holder(Map.of(Secret.of(CANARY), 1))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.[secret]' has a secret as a map key, which"
                + " cannot be sealed; use a list.");
    assertThat(refusal(new Holder(Double.NaN)))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' is not a finite number, which JSON"
                + " cannot hold.");
    assertThat(refusal(new Holder(List.of(new Leaky()))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.0.name' could not be converted"
                + " (java.lang.IllegalStateException).");
    assertThat(refusal(new Holder(Set.of(Double.NaN))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.0' is not a finite number, which JSON"
                + " cannot hold.");
    assertThat(refusal(new Holder(Secret.of(CANARY + "\uD800"))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' holds text with an unpaired"
                + " surrogate, which UTF-8 would lose.");
    assertThat(refusal(new Holder(String.class)))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' has the type java.lang.Class; record"
                + " a name that the host looks up.");
  }

  @Test
  void aValueThatContainsItselfIsRefused() {
    List<Object> self = new ArrayList<>();
    self.add(self);
    Map<String, Object> map = new HashMap<>();
    map.put("me", map);
    assertThat(refusal(self))
        .isEqualTo(
            "java.util.ArrayList cannot be recorded as JSON: field '0.0.0' is nested deeper than 200"
                + " levels, or contains itself.");
    assertThat(refusal(map)).endsWith("is nested deeper than 200 levels, or contains itself.");
    Object deep = "x";
    for (int i = 0; i < 200; i++) {
      deep = List.of(deep);
    }
    JsonNode json = plain.encode(deep, PLACE).json();
    assertThat(plain.decode(plain.parse(plain.bytes(json)), Object.class, PLACE)).isEqualTo(deep);
    assertThat(refusal(List.of(deep))).contains("nested deeper");
  }

  private String refusal(Object value) {
    Throwable thrown = catchThrowable(() -> codec.encode(value, PLACE));
    assertThat(thrown).isInstanceOf(RefusedException.class);
    assertThat(chain(thrown)).doesNotContain(CANARY);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void whatCannotBeReadIsRefusedByTypeAndFieldAndNeverQuoted() {
    assertThat(unreadable(Map.of("count", CANARY), Numbers.class))
        .isEqualTo(
            Numbers.class.getTypeName()
                + " cannot be read from the recorded JSON: field 'count' is missing or does not fit"
                + " the type int.");
    assertThat(unreadable(Map.of(), Numbers.class)).contains("field 'count' is missing");
    assertThat(unreadable(Map.of("count", "5"), Numbers.class)).contains("'count'");
    assertThat(unreadable(Map.of("count", 1.5), Numbers.class)).contains("'count'");
    assertThat(unreadable(Map.of("name", CANARY), Strict.class))
        .isEqualTo(
            Strict.class.getTypeName()
                + " cannot be read from the recorded JSON: it is refused by "
                + Strict.class.getTypeName()
                + " (java.lang.IllegalArgumentException).");
    for (String field : List.of("duration", "instant", "day", "size", "uri", "zone", "exact")) {
      assertThat(unreadable(Map.of(field, "%<\u0000 " + CANARY), Everything.class))
          .contains("field '" + field + "' ");
    }
    assertThat(unreadable(Map.of("secrets", Map.of(CANARY, 1)), Everything.class))
        .contains("java.time.LocalDate");
    assertThat(unreadable(Map.of("shapes", List.of(Map.of("kind", CANARY))), Everything.class))
        .contains("field 'shapes.0'");
    assertThat(unreadable(Map.of("password", List.of(CANARY)), Database.class))
        .contains("field 'password' is missing or does not fit");
    assertThat(unreadable(Map.of("password", Map.of("a", CANARY)), Database.class))
        .contains("dev.provisioner.secret.Secret");
  }

  private String unreadable(Map<String, Object> value, Class<?> type) {
    JsonNode json = plain.encode(value, PLACE).json();
    Throwable thrown = catchThrowable(() -> codec.decode(json, type, PLACE));
    assertThat(thrown).isInstanceOf(RefusedException.class);
    assertThat(chain(thrown)).doesNotContain(CANARY);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void aFormOfANewerReleaseIsRefused() {
    JsonNode json = plain.parse("{\"a\":{\"$later\":1}}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> plain.decode(json, Map.class, PLACE))
        .hasMessage(
            "java.util.Map cannot be read from the recorded JSON: field 'a' is recorded in a form"
                + " that this release does not know ('$later'). A newer release wrote it, or"
                + " something else did.");
  }

  @Test
  void textThatIsNoJsonIsNeverQuoted() {
    for (String text : List.of("{\"a\":" + CANARY, "\"" + CANARY, CANARY, "{} " + CANARY)) {
      Throwable thrown = catchThrowable(() -> plain.parse(text.getBytes(StandardCharsets.UTF_8)));
      assertThat(thrown).isInstanceOf(RefusedException.class);
      assertThat(chain(thrown)).doesNotContain(CANARY);
    }
  }

  private static String chain(@Nullable Throwable thrown) {
    StringBuilder all = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      all.append(t).append('\n');
      for (Throwable suppressed : t.getSuppressed()) {
        all.append(chain(suppressed));
      }
    }
    return all.toString();
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}
