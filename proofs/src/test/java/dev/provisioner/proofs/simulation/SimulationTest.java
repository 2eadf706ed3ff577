package dev.provisioner.proofs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A little of the proof: all cores, a few worlds. */
final class SimulationTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @Test
  void allWorldsAreRunAndCounted() throws Exception {
    assertThat(new Simulation(1_000_000, 100, 2, Duration.ofMinutes(10), out).run()).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("100 worlds from seed 1000000 in ")
        .endsWith(" on 2 threads), broken: {}\n");
  }

  @Test
  void oneWorldIsPrinted() {
    assertThat(new Simulation(1, 1, 1, Duration.ofMinutes(10), out).show(7)).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("nothing goes wrong any more");
  }
}
