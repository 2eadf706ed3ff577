package dev.provisioner.proofs.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.testkit.parts.AwsEmulator;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A little of what {@code proofs/run kills} does at length. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "processes are found in /proc")
@RequiresPart({RealPart.TERRAFORM, RealPart.TERRAFORM_AWS_PROVIDER, RealPart.AWS_EMULATOR})
final class KillsTest {
  private static final long SEED = 1;

  @TempDir Path directory;

  @Test
  void whoeverIsKilledEverythingIsThereOnceAndThenGone() throws Exception {
    System.out.println("seed " + SEED);
    try (AwsEmulator emulator = AwsEmulator.start()) {
      Path home = Path.of("../samples/quickstart");
      Campaign campaign =
          new Campaign(directory, home, emulator, new Random(SEED), 1, System.out::println);
      campaign.life(
          1,
          3,
          operation ->
              switch (operation) {
                case PROVISION -> List.of(Blow.JVM, Blow.TERRAFORM);
                case CHANGE -> List.of(Blow.GROUP);
                case REMOVE -> List.of(Blow.PROVIDER);
              });

      assertThat(campaign.tally().faulty()).isEmpty();
      assertThat(campaign.tally().landed()).isPositive();
    } finally {
      Processes.of(directory).killAll();
    }
  }
}
