package dev.provisioner.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.provisioner.state.MemoryStateStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Engines keep what they promise, in every world tried; and worlds are the same each time. */
final class SimulationTest {
  private static final int WORLDS = Integer.getInteger("simulation.worlds", 2_000);

  private final Simulation simulation = Simulation.on(MemoryStateStore::create);
  private final Logger log = (Logger) LoggerFactory.getLogger("dev.provisioner");

  @BeforeEach
  void silenceWhatEnginesRightlyComplainOf() {
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void letThemBeHeardAgain() {
    log.setLevel(null);
  }

  @Test
  void everyRuleHoldsInEveryWorld() {
    for (long seed = 1; seed <= WORLDS; seed++) {
      Optional<SimulationFailure> failure = simulation.run(seed);
      assertThat(failure)
          .as(() -> failure.map(simulation::shrink).map(Object::toString).orElse(""))
          .isEmpty();
    }
  }

  @Test
  void aWorldThatStandsStillIsToldOf() {
    Simulation standing =
        new Simulation(
            MemoryStateStore::create,
            (right, cloud) -> new WrongProvisioner.Stuck(right, cloud),
            Duration.ofSeconds(3));
    SimulationFailure failure =
        LongStream.rangeClosed(1, 20)
            .mapToObj(standing::run)
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow();
    assertThat(failure.rule()).isEqualTo("no world stands still");
    assertThat(failure.found())
        .startsWith("it does not end; its thread is\n  at ")
        .contains("WrongProvisioner$Stuck.find");
    SimulationFailure told = standing.shrink(failure);
    assertThat(told.choices()).isEqualTo(failure.choices());
    assertThat(told.history()).isNotEmpty();
  }

  @Test
  void aSeedGivesTheSameHistoryEachTime() {
    for (long seed = 1; seed <= 30; seed++) {
      List<String> first = simulation.history(seed);
      assertThat(first).hasSizeGreaterThan(3);
      assertThat(simulation.history(seed)).isEqualTo(first);
    }
  }

  @Test
  void differentSeedsGiveDifferentHistories() {
    assertThat(simulation.history(1)).isNotEqualTo(simulation.history(2));
  }
}
