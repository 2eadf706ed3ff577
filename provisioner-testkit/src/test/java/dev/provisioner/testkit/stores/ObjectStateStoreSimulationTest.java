package dev.provisioner.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.testkit.simulation.Simulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Engines keep what they promise on objects, too. */
final class ObjectStateStoreSimulationTest {
  private static final int WORLDS = Integer.getInteger("simulation.worlds", 200);
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
    Simulation simulation = Simulation.on(() -> ObjectStateStore.open(new MemoryBucket()));
    for (long seed = 1; seed <= WORLDS; seed++) {
      assertThat(simulation.run(seed)).as("seed " + seed).isEmpty();
    }
  }
}
