package dev.provisioner.proofs.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each target, without the fuzzer: its seeds, what the fuzzer found, and some damage to both. */
final class FuzzTest {
  private static final int MUTATIONS = 1_000;

  /** Inputs that once were findings, shortened. */
  private static final Map<String, List<String>> FOUND =
      Map.of(
          "document", List.of("{\"schema\":1,\"x\":1e10000000001}"),
          "codec", List.of("{\"a\":1e10000000001}"),
          "tenantid", List.of("\u2000\u200b+acme"),
          "tfevents",
              List.of(
                  "{\"type\":\"diagnostic\",\"diagnostic\":{\"severits\":\"a\"}}\n",
                  "{\"type\":\"diagnostic\",\"diagnostic\":{\"summary\":\"\\u001b[31m\"}}\n"));

  static List<String> targets() {
    return Targets.NAMES;
  }

  @ParameterizedTest
  @MethodSource("targets")
  void hostileInputIsReadOrRefusedAsDocumented(String name) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    FOUND.getOrDefault(name, List.of()).forEach(text -> inputs.add(Target.seed(text)));
    try (Target target = Targets.open(name)) {
      inputs.addAll(target.seeds());
      assertThat(inputs).isNotEmpty();
      for (byte[] input : inputs) {
        target.read(input);
      }
      Random random = new Random(1);
      for (int i = 0; i < MUTATIONS; i++) {
        target.read(damaged(inputs.get(random.nextInt(inputs.size())), random));
      }
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = Arrays.copyOf(whole, whole.length + random.nextInt(3));
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int from = random.nextInt(damaged.length);
      int to = random.nextInt(damaged.length);
      int length = Math.min(random.nextInt(8), damaged.length - Math.max(from, to));
      System.arraycopy(damaged, from, damaged, to, length);
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }
}
