package dev.provisioner.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import dev.provisioner.testkit.simulation.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Engines keep what they promise on S3, too. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3SimulationTest {
  private static final int WORLDS = Integer.getInteger("simulation.worlds.s3", 12);

  @RegisterExtension static final Emulated AWS = new Emulated();

  @Test
  void everyRuleHoldsInEveryWorld() {
    Simulation simulation =
        Simulation.on(() -> S3StateStore.builder(AWS.client(), AWS.newBucket()).open());
    for (long seed = 1; seed <= WORLDS; seed++) {
      assertThat(simulation.run(seed)).as("seed " + seed).isEmpty();
    }
  }
}
