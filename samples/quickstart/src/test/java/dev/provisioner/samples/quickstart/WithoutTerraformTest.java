package dev.provisioner.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.samples.quickstart.Sample.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs anywhere: nothing but a JVM is needed. */
final class WithoutTerraformTest {
  private static final String ACME =
      "{\"id\": \"acme\", \"region\": \"eu-west-1\", \"size\": \"large\"}";
  private static final String HOSTILE =
      "{\"id\": \"../auth0|<b>\", \"region\": \"us-east-1\", \"size\": \"small\"}";

  @TempDir Path temporary;
  private Sample sample;

  @BeforeEach
  void begin() {
    sample = Sample.withoutPrograms(temporary);
  }

  @Test
  void aDozenTenantsAreProvisionedOnceAndThenThereIsNothingToDo() throws Exception {
    Ended first = sample.run();
    assertThat(first.out())
        .startsWith("world   folders that stand in for Terraform stacks")
        .contains("for more: there is no 'terraform' on the PATH")
        .contains("12 tenants: 12 provisioned; 63 steps changed;")
        .containsPattern("39 folders +39 recorded: each is there once")
        .containsPattern("12 access keys +12 recorded: each is there once");
    assertThat(first.exitCode()).isZero();

    List<String> before = snapshot();
    Ended second = sample.run();
    assertThat(second.out())
        .contains("12 tenants: 12 nothing to do; 0 steps changed;")
        .contains("Nothing to do: all is recorded as it is wanted, and nothing was called.");
    assertThat(second.exitCode()).isZero();
    assertThat(snapshot()).isEqualTo(before);
  }

  @Test
  void aChangeIsPreviewedAndOnlyWhatDiffersIsDone() throws Exception {
    sample.tenants(ACME, HOSTILE).run();
    Ended changed = sample.run("--change");
    assertThat(changed.exitCode()).as(changed.out()).isZero();
    assertThat(changed.out())
        .contains("preview of acme, now medium\n        update       workspace\n")
        .contains("        remove       analytics (the tenant does not want it)\n")
        .contains("preview of ../auth0|<b>, now large\n")
        .contains("2 tenants: 2 changed; 8 steps changed;");
    assertThat(Sample.begun(changed, "acme"))
        .containsExactlyInAnyOrder(
            "workspace update", "landing update", "welcome update", "analytics remove");
    assertThat(sample.run().out()).contains("2 tenants: 2 nothing to do;");
    assertThat(sample.run("--change").out())
        .contains("preview of acme, now large")
        .contains("2 tenants: 2 changed; 8 steps changed;");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"workspace", "landing", "access-key", "propagation", "analytics", "welcome"})
  void aCrashInAnyStepIsSurvivedAndNothingIsMadeTwice(String step) throws Exception {
    Ended crashed = sample.tenants(ACME, HOSTILE).run("--crash-at", step);
    assertThat(crashed.exitCode()).as(crashed.out()).isEqualTo(CrashPoint.EXIT_CODE);
    assertThat(crashed.out()).contains("CRASH   in the middle of step '" + step + "' of tenant ");

    Ended resumed = sample.run();
    assertThat(resumed.exitCode()).as(resumed.out()).isZero();
    assertThat(resumed.out())
        .contains(" resumed")
        .containsPattern("7 folders +7 recorded: each is there once")
        .containsPattern("2 access keys +2 recorded: each is there once");
    assertThat(sample.run().out()).contains("2 tenants: 2 nothing to do;");
  }

  @Test
  void tamperingShowsAsDriftAndNothingElseDoes() throws Exception {
    sample.tenants(ACME, HOSTILE).run();
    Ended clean = sample.run("--drift");
    assertThat(clean.exitCode()).as(clean.out()).isZero();
    assertThat(clean.out()).contains("2 tenants: 0 differ from what is recorded");

    assertThat(sample.run("--tamper", "../auth0|<b>").exitCode()).isZero();
    Ended drifted = sample.run("--drift");
    assertThat(drifted.exitCode()).isOne();
    assertThat(drifted.out())
        .contains("acme: as recorded\n")
        .contains("changed   workspace: [settings.json was changed]\n")
        .contains("changed   welcome: [index.html is gone]\n")
        .contains("in sync   access-key\n")
        .contains("2 tenants: 1 differ from what is recorded");
    assertThat(sample.run("--drift", "1").exitCode()).isZero();
  }

  @Test
  void aRemovedTenantLeavesNothingAndComesBackWithTheNextRun() throws Exception {
    sample.tenants(ACME, HOSTILE).run();
    Ended removed = sample.run("--remove", "acme");
    assertThat(removed.exitCode()).as(removed.out()).isZero();
    assertThat(removed.out())
        .contains("Deprovision of tenant acme, plan onboarding version 1: succeeded")
        .containsPattern("retained until 20\\S+\n +workspace  acme-workspace-")
        .contains("Purge of tenant acme, plan onboarding version 1: succeeded")
        .containsPattern("3 folders +3 recorded: each is there once");
    assertThat(sample.names("folders")).noneMatch(name -> name.startsWith("acme-"));
    assertThat(sample.names("keys")).noneMatch(name -> name.startsWith("acme-"));
    assertThat(sample.run().out())
        .contains("2 tenants: 1 provisioned, 1 nothing to do; 6 steps changed;");
  }

  @Test
  void theReportIsTheLastRunInPlainText() throws Exception {
    sample.tenants(ACME).run();
    Ended report = sample.run("--report", "acme");
    assertThat(report.exitCode()).as(report.out()).isZero();
    assertThat(report.out())
        .startsWith("Provision of tenant acme, plan onboarding version 1: succeeded\nrun ")
        .containsPattern("workspace +created");
  }

  @Test
  void theSecretIsInItsFileAndNowhereElse() throws Exception {
    Ended first = sample.tenants(ACME).run();
    String key = Files.readString(sample.files("acme-access-key").get(0));
    String secret = key.replaceAll("(?s).*\"secret\":\"([0-9a-f]+)\".*", "$1");
    assertThat(secret).hasSize(48);
    assertThat(first.out()).doesNotContain(secret);
    for (String asked : List.of("--report 1", "--drift", "--change", "--crash-at welcome", "")) {
      Ended ended = sample.run(asked.isEmpty() ? new String[0] : asked.split(" "));
      assertThat(ended.out()).as(asked).isNotEmpty().doesNotContain(secret);
    }
    try (Stream<Path> tree = Files.walk(sample.data())) {
      assertThat(tree.filter(Files::isRegularFile).filter(file -> holds(file, secret))).hasSize(1);
    }
  }

  @Test
  void resetDeletesWhatTheSampleMadeAndNothingElse() throws Exception {
    sample.tenants(ACME).run();
    assertThat(sample.run("--reset").out()).isEqualTo("Deleted " + sample.data() + ".\n");
    assertThat(sample.data()).doesNotExist();
    Files.createDirectories(sample.data());
    Files.writeString(sample.data().resolve("thesis.txt"), "mine");
    assertThat(sample.run("--reset").exitCode()).isEqualTo(2);
    assertThat(sample.run().out())
        .isEqualTo(
            "The data directory "
                + sample.data()
                + " holds other things and was not made by this sample. Name another with --data"
                + " DIR.\n");
    assertThat(sample.data().resolve("thesis.txt")).exists();
  }

  @Test
  void wrongUsageEndsWithTwoAndSaysWhat() throws Exception {
    sample.tenants(ACME);
    assertRefused("Unknown option '--hlep'. --help shows what there is.", "--hlep");
    assertRefused("--crash-at needs a step. --help shows what there is.", "--crash-at");
    assertRefused("There is no data directory of this sample at " + sample.data() + ".", "--drift");
    assertRefused(
        "--drift cannot be combined with what was asked for before it. Do one at a time.",
        "--change",
        "--drift");
    assertRefused("--parts is aws, terraform or files, not 'gcp'.", "--parts", "gcp");
  }

  private void assertRefused(String message, String... arguments) throws Exception {
    assertThat(sample.run(arguments)).isEqualTo(new Ended(2, message + "\n"));
  }

  /** Everything the tenants have, with the time of its last change. */
  private List<String> snapshot() throws IOException {
    try (Stream<Path> folders = Files.walk(sample.data().resolve("folders"));
        Stream<Path> state = Files.walk(sample.data().resolve("state"))) {
      return Stream.concat(folders, state)
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("lock") && !file.toString().contains("engine"))
          .map(file -> file + " " + file.toFile().lastModified())
          .sorted()
          .toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      return false; // gone meanwhile
    }
  }
}
