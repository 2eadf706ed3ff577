package dev.provisioner.internal.json;

import static dev.provisioner.internal.json.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.json.Samples.Everything;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Any value, and recorded bytes with any damage. */
final class HostileValueTest {
  private static final String PLACE = "place";
  private static final List<String> KEYS =
      List.of(
          "$", "$$", "$sealed", "$$sealed", "$secret", "", "~1", "a/b", "a.b", "\u0000", "\ud83d");
  private static final List<Object> LEAVES =
      List.of(
          "",
          "\u0000\"\\\u2028",
          "\ud83d\ude00",
          "\ud83d",
          Secret.of("s"),
          -0.0,
          Double.MIN_VALUE,
          Float.MAX_VALUE,
          Long.MIN_VALUE,
          BigInteger.TEN.pow(400),
          new BigDecimal("1e1000000000"),
          new BigDecimal("1.50"),
          true);

  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k", key(1)).fingerprintKey(key(2)).build();
  private final Codec codec = new Codec(cipher);

  private static Object value(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 2 : 5);
    if (kind == 0) {
      return LEAVES.get(random.nextInt(LEAVES.size()));
    } else if (kind == 1) {
      return random.nextBoolean() ? random.nextLong() : random.nextGaussian();
    }
    List<Object> list = new ArrayList<>();
    Map<String, Object> map = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      list.add(value(random, depth - 1));
      map.put(KEYS.get(random.nextInt(KEYS.size())), value(random, depth - 1));
    }
    return kind == 2 ? list : kind == 3 ? new HashSet<>(list) : map;
  }

  @Property(seed = "1", tries = 2000)
  void aValueIsRefusedOrReadAsItWasWrittenWithTheSameFingerprint(@ForAll long seed) {
    Codec.Encoded first;
    try {
      first = codec.encode(value(new Random(seed), 5), PLACE);
    } catch (RefusedException e) {
      assertThat(e).hasMessageEndingWith("surrogate, which UTF-8 would lose.");
      return;
    }
    JsonNode stored = codec.parse(codec.bytes(first.json()));
    assertThat(stored).isEqualTo(first.json());
    Object read = codec.decode(stored, Object.class, PLACE);
    assertThat(codec.encode(read, PLACE).fingerprint()).isEqualTo(first.fingerprint());
    assertThat(codec.fingerprint(stored, PLACE)).isEqualTo(first.fingerprint());
  }

  @Property(seed = "2", tries = 2000)
  void damagedBytesAreReadOrRefusedAndNothingElse(
      @ForAll int at, @ForAll byte with, @ForAll boolean cut) {
    byte[] bytes =
        codec.bytes(codec.encode(Map.of("$a", List.of(1, "x", Secret.of("s"))), PLACE).json());
    int index = Math.floorMod(at, bytes.length);
    bytes[index] = with;
    byte[] damaged = cut ? Arrays.copyOf(bytes, index) : bytes;
    for (Class<?> type : List.of(Object.class, Everything.class)) {
      try {
        codec.decode(codec.parse(damaged), type, PLACE);
      } catch (RefusedException | SecretException e) {
        assertThat(e.getMessage()).endsWith(".");
      }
    }
  }
}
