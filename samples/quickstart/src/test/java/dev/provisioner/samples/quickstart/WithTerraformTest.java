package dev.provisioner.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.samples.quickstart.Sample.Ended;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Terraform and what it has built in. */
@RequiresPart(RealPart.TERRAFORM)
final class WithTerraformTest {
  @TempDir Path temporary;

  @Test
  void anInterruptedRunIsTakenUpAndNothingIsMadeTwice() throws Exception {
    Sample sample = Sample.with(World.Kind.TERRAFORM, temporary);
    Ended interrupted = sample.interrupted("landing: create");
    assertThat(interrupted.out()).contains("Interrupted: waiting for the calls under way");
    assertThat(interrupted.exitCode()).isEqualTo(128 + 15);
    assertThat(sample.processesLeft()).isEmpty();

    Ended resumed = sample.run();
    assertThat(resumed.exitCode()).as(resumed.out()).isZero();
    assertThat(resumed.out())
        .startsWith("world   Terraform with its built-in terraform_data\n")
        .contains(" resumed")
        .containsPattern("12 Terraform stacks on disk +12 recorded: each is there once")
        .containsPattern("27 folders +27 recorded: each is there once");
    assertThat(sample.run().out()).contains("12 tenants: 12 nothing to do;");
  }
}
