package dev.provisioner.proofs.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Recorded inputs, specs and outputs. */
final class CodecTarget implements Target {
  private static final String PLACE = "place";

  private record Inner(BigDecimal exact, BigInteger whole, double fraction, List<Inner> more) {}

  private enum Size {
    SMALL,
    LARGE
  }

  @SuppressWarnings("ArrayRecordComponent") // hosts have such
  private record Value(
      String text,
      int number,
      Long big,
      boolean yes,
      Size size,
      Duration duration,
      Instant instant,
      LocalDate day,
      URI uri,
      byte[] bytes,
      Secret secret,
      Set<Object> set,
      Map<Instant, Inner> inner,
      Object loose) {}

  private final Codec codec =
      new Codec(
          AesGcmCipher.builder("k", new byte[32])
              .fingerprintKey(AesGcmCipher.generateKey())
              .build());

  @Override
  public List<byte[]> seeds() {
    Inner inner = new Inner(new BigDecimal("1.50"), BigInteger.TEN.pow(30), 0.1, List.of());
    Value value =
        new Value(
            "t\u00e4xt",
            1,
            1L << 40,
            true,
            Size.LARGE,
            Duration.ofSeconds(5),
            Instant.EPOCH,
            LocalDate.EPOCH,
            URI.create("https://example.org"),
            new byte[] {1, 2},
            Secret.of("s"),
            Set.of(1, "a"),
            Map.of(Instant.EPOCH, inner),
            Map.of("$a", List.of(1, 2.5, "x")));
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(codec.bytes(codec.encode(value, PLACE).json()));
    seeds.add(codec.bytes(codec.encode(inner, PLACE).json()));
    seeds.add(Target.seed("{\"a\":[1e1000000000,-0.0,1E-400,null,true,{\"$$b\":\"\\ud83d\"}]}"));
    return seeds;
  }

  @Override
  public void read(byte[] input) {
    JsonNode json;
    try {
      json = codec.parse(input);
    } catch (RefusedException e) {
      return;
    }
    Codec.hasSecrets(json);
    codec.redacted(json);
    for (Class<?> type : List.of(Value.class, Inner.class, Object.class)) {
      roundTrip(json, type);
    }
  }

  private void roundTrip(JsonNode json, Class<?> type) {
    Codec.Encoded first;
    try {
      first = codec.encode(codec.decode(json, type, PLACE), PLACE);
    } catch (RefusedException | SecretException e) {
      return;
    }
    JsonNode read = codec.parse(codec.bytes(first.json()));
    Codec.Encoded second = codec.encode(codec.decode(read, type, PLACE), PLACE);
    Target.require(
        second.fingerprint().equals(first.fingerprint()),
        "a value has the same fingerprint when it is written and read");
  }
}
