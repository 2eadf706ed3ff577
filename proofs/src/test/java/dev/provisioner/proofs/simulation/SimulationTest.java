package dev.provisioner.proofs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.StateStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
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
  void aSimulationThatFailsItselfIsNoSuccess() throws Exception {
    Supplier<StateStore> none =
        () -> {
          throw new IllegalStateException("no store, as this test asked");
        };
    assertThat(new Simulation(none, 1, 5, 1, Duration.ofMinutes(10), out).run()).isFalse();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("Seed 1: java.lang.IllegalStateException: The simulation itself failed")
        .contains("no store, as this test asked")
        .contains("5 worlds from seed 1 in ")
        .endsWith(" on 1 threads), broken: {the simulation itself works=5}\n");
  }

  @Test
  void oneWorldIsPrinted() {
    assertThat(new Simulation(1, 1, 1, Duration.ofMinutes(10), out).show(7)).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("nothing goes wrong any more");
  }
}
