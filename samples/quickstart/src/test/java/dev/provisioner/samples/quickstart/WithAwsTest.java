package dev.provisioner.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.samples.quickstart.Sample.Ended;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Terraform, the AWS provider and an emulator. */
@RequiresPart({RealPart.TERRAFORM, RealPart.TERRAFORM_AWS_PROVIDER, RealPart.AWS_EMULATOR})
final class WithAwsTest {
  @TempDir Path temporary;
  private Sample sample;

  @BeforeEach
  void begin() throws IOException {
    sample =
        Sample.with(World.Kind.AWS, temporary)
            .tenants(
                "{\"id\": \"auth0|65f1\", \"region\": \"eu-west-1\", \"size\": \"large\"}",
                "{\"id\": \"anna@example.com\", \"region\": \"us-east-1\", \"size\": \"small\"}");
  }

  @AfterEach
  void reset() throws Exception {
    sample.run("--reset");
  }

  @Test
  void aCrashInTheMiddleOfApplyAndAllThatCanFollow() throws Exception {
    Ended crashed = sample.run("--crash-at", "landing");
    assertThat(crashed.exitCode()).as(crashed.out()).isEqualTo(CrashPoint.EXIT_CODE);
    assertThat(crashed.out())
        .contains("(1/3)\n")
        .doesNotContain("landing: created\n")
        .contains("CRASH   in the middle of step 'landing' of tenant ");

    Ended resumed = sample.run();
    assertThat(resumed.exitCode()).as(resumed.out()).isZero();
    assertThat(resumed.out()).contains("2 tenants: 2 resumed;");
    assertEachOnce(resumed, 2);
    assertThat(sample.processesLeft()).isEmpty();
    assertThat(sample.files(".lock.info")).isEmpty();
    assertThat(sample.run().out()).contains("2 tenants: 2 nothing to do;");

    sample.run("--tamper", "2");
    Ended drifted = sample.run("--drift");
    assertThat(drifted.exitCode()).isOne();
    assertThat(drifted.out())
        .contains("auth0|65f1: as recorded\n")
        .contains("aws_s3_bucket.landing is gone");

    Ended removed = sample.run("--remove", "2");
    assertThat(removed.exitCode()).as(removed.out()).isZero();
    assertEachOnce(removed, 1);

    assertThat(sample.run("--stop").out()).contains("has ended, and its world with it.");
    Ended lost = sample.run();
    assertThat(lost.exitCode()).isOne();
    assertThat(lost.out())
        .isEqualTo(
            "The AWS emulator of this data directory is not running any more, and the world that it"
                + " kept in its memory is gone: the buckets and roles that are recorded do not"
                + " exist. Begin anew with --reset.\n");
    assertThat(sample.run("--reset").exitCode()).isZero();
    assertThat(sample.data()).doesNotExist();
  }

  private static void assertEachOnce(Ended ended, int tenants) {
    for (String thing : new String[] {"buckets in the", "roles in the", "Terraform stacks"}) {
      assertThat(ended.out())
          .containsPattern(
              tenants + " " + thing + ".* " + tenants + " recorded: each is there once");
    }
  }
}
