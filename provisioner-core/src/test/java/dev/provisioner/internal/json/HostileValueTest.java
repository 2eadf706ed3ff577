package dev.provisioner.internal.json;

import static dev.provisioner.internal.json.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.json.Samples.Everything;
import dev.provisioner.property.HostileText;
import dev.provisioner.property.Property;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Any value, and recorded bytes with any damage. */
final class HostileValueTest {
  private static final String PLACE = "place";
  private static final int TRIES = 2_000;
  private static final List<String> KEYS =
      List.of(
          "$",
          "$$",
          "$sealed",
          "$$sealed",
          "$secret",
          "",
          "~1",
          "a/b",
          "a.b",
          "a",
          "A",
          "\u0430",
          "\u00e9",
          "e\u0301",
          "\u0000",
          "\ud83d");
  private static final List<Object> LEAVES =
      List.of(
          "",
          "\u0000\"\\\u2028",
          "\ud83d\ude00",
          "\ud83d",
          "a".repeat(10_000),
          Secret.of("s"),
          Secret.of("\u0000\"\\\u2028" + "a".repeat(10_000)),
          0,
          -1,
          -0.0,
          Double.MIN_VALUE,
          Double.MAX_VALUE,
          Float.MAX_VALUE,
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          BigInteger.TEN.pow(400),
          new BigDecimal("1e1000000000"),
          new BigDecimal("1.50"),
          true,
          List.of(),
          Map.of(),
          Set.of());

  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k", key(1)).fingerprintKey(key(2)).build();
  private final Codec codec = new Codec(cipher);

  /** Every leaf alone and under every key, and as deep as it may be and deeper. */
  private static List<Object> edges() {
    List<Object> edges = new ArrayList<>(LEAVES);
    for (String key : KEYS) {
      edges.add(Map.of(key, LEAVES));
      edges.add(Map.of("$sealed", Map.of(key, "")));
    }
    for (int levels : List.of(Tree.MAX_DEPTH - 1, Tree.MAX_DEPTH, Tree.MAX_DEPTH + 1, 5_000)) {
      edges.add(nested("x", levels, List::of));
      edges.add(nested(Secret.of("s"), levels, inner -> Map.of("$", inner)));
    }
    edges.add(nested("x", Tree.MAX_DEPTH, Set::of));
    return edges;
  }

  private static Object nested(Object innermost, int levels, UnaryOperator<Object> wrap) {
    Object value = innermost;
    for (int i = 0; i < levels; i++) {
      value = wrap.apply(value);
    }
    return value;
  }

  private static Object value(RandomGenerator random, int depth) {
    int kind = random.nextInt(depth == 0 ? 3 : 6);
    if (kind == 0) {
      return LEAVES.get(random.nextInt(LEAVES.size()));
    } else if (kind == 1) {
      return random.nextBoolean() ? random.nextLong() : random.nextGaussian();
    } else if (kind == 2) {
      return HostileText.any(random);
    }
    List<Object> list = new ArrayList<>();
    Map<String, Object> map = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      list.add(value(random, depth - 1));
      map.put(
          random.nextInt(4) == 0 ? HostileText.any(random) : KEYS.get(random.nextInt(KEYS.size())),
          value(random, depth - 1));
    }
    return kind == 3 ? list : kind == 4 ? new HashSet<>(list) : map;
  }

  /** Its parts, one at a time. */
  private static Stream<Object> smaller(Object value) {
    return value instanceof Collection<?> list
        ? list.stream().map(Object.class::cast)
        : value instanceof Map<?, ?> map
            ? Stream.concat(
                map.values().stream(),
                map.size() < 2 ? Stream.of() : map.entrySet().stream().map(HostileValueTest::map))
            : Stream.empty();
  }

  private static Map<?, ?> map(Map.Entry<?, ?> entry) {
    return Map.of(entry.getKey(), entry.getValue());
  }

  @Test
  void aValueIsRefusedOrReadAsItWasWrittenWithTheSameFingerprint() {
    Property.of(edges(), random -> value(random, 5))
        .shrunkBy(HostileValueTest::smaller)
        .tries(TRIES)
        .holds(this::isRefusedOrReadAsItWasWritten);
  }

  private void isRefusedOrReadAsItWasWritten(Object value) {
    Codec.Encoded first;
    try {
      first = codec.encode(value, PLACE);
    } catch (RefusedException e) {
      assertThat(String.valueOf(e.getMessage()))
          .matches(
              "(?s).*( surrogate, which UTF-8 would lose\\."
                  + "| is nested deeper than 200 levels, or contains itself\\.)");
      return;
    }
    JsonNode stored = codec.parse(codec.bytes(first.json()));
    assertThat(stored).isEqualTo(first.json());
    Object read = codec.decode(stored, Object.class, PLACE);
    assertThat(codec.encode(read, PLACE).fingerprint()).isEqualTo(first.fingerprint());
    assertThat(codec.fingerprint(stored, PLACE)).isEqualTo(first.fingerprint());
  }

  /** One byte is another, and what follows it may be lost. */
  private record Damage(int at, byte with, boolean cut) {
    static Damage any(RandomGenerator random) {
      return new Damage(random.nextInt(), (byte) random.nextInt(), random.nextBoolean());
    }
  }

  @Test
  void damagedBytesAreReadOrRefusedAndNothingElse() {
    List<Damage> damages = new ArrayList<>();
    for (int at = recorded().length - 1; at >= 0; at--) {
      for (char with : "\u0000\"$[]\\{},:19eE.-\u007f\u0080\u00c0\u00ff".toCharArray()) {
        damages.add(new Damage(at, (byte) with, at % 2 == 0));
      }
    }
    Property.of(damages, Damage::any).tries(TRIES).holds(this::areReadOrRefused);
  }

  private byte[] recorded() {
    Object value = List.of(1, new BigDecimal("1e1000000000"), "x", Secret.of("s"));
    return codec.bytes(codec.encode(Map.of("$a", value), PLACE).json());
  }

  private void areReadOrRefused(Damage damage) {
    byte[] bytes = recorded();
    int index = Math.floorMod(damage.at(), bytes.length);
    bytes[index] = damage.with();
    byte[] damaged = damage.cut() ? Arrays.copyOf(bytes, index) : bytes;
    for (Class<?> type : List.of(Object.class, Everything.class)) {
      try {
        codec.decode(codec.parse(damaged), type, PLACE);
      } catch (RefusedException | SecretException e) {
        assertThat(e.getMessage()).endsWith(".");
      }
    }
  }
}
