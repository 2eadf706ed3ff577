package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.ProvisioningException;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A crash at any instant: afterwards everything is made once. */
@RequiresPart(RealPart.TERRAFORM)
final class EveryInstantTest {
  private static final String COUNTED =
      """
      variable "home" {
        type = string
      }
      resource "terraform_data" "counted" {
        provisioner "local-exec" {
          command = "echo made >> ${var.home}/made; sleep 0.2"
        }
      }
      """;

  @TempDir Path home;
  private Fixture fixture;
  private StackSpec spec = StackSpec.of("counted");

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("counted", COUNTED);
    spec = new StackSpec("counted", Map.of("home", home.toString()));
  }

  /** The commands are version, init, plan, apply, output. */
  @ParameterizedTest
  @CsvSource({
    "2,before",
    "2,after",
    "3,before",
    "3,after",
    "4,before",
    "4,after",
    "5,before",
    "5,after"
  })
  void terraformDiesBeforeOrAfterItsNthCommand(int n, String when) throws Exception {
    TestAttempt attempt = attempt("acme");
    TerraformStacks mortal = fixture.builder().binary(dyingAt(n, when)).build();
    assertThatThrownBy(() -> mortal.provision(spec, attempt))
        .isInstanceOf(ProvisioningException.class);
    completesWithEverythingOnce(attempt.next());
  }

  @ParameterizedTest
  @ValueSource(ints = {350, 450, 550, 650, 750, 850, 1000, 1200, 1500})
  void theEngineIsKilledAfterSoManyMilliseconds(int millis) throws Exception {
    Process engine = fixture.fork(Engine.class, home.toString());
    engine.waitFor(millis, TimeUnit.MILLISECONDS);
    engine.destroyForcibly().waitFor();
    completesWithEverythingOnce(attempt("acme"));
  }

  /** What the test above kills. */
  static final class Engine {
    public static void main(String[] args) throws IOException {
      Fixture fixture = new Fixture(Path.of(args[0]));
      fixture
          .stacks()
          .provision(new StackSpec("counted", Map.of("home", args[0])), attempt("acme"));
    }
  }

  /** The crash came between two moves, and what was planned then could not be planned again. */
  @Test
  void whatWasAppliedCanBeRemovedAfterACrashWhileItWasBeingReplaced() throws Exception {
    TestAttempt attempt = attempt("acme");
    TerraformStacks stacks = fixture.stacks();
    made(stacks.provision(spec, attempt));
    Path stack = fixture.work.resolve(attempt.name());
    Files.delete(stack.resolve("applied.json"));
    Files.move(stack.resolve("work"), stack.resolve("old"));

    assertThat(stacks.deprovision(begun(spec), attempt.next())).isEqualTo(Removed.gone());
    assertThat(stack).doesNotExist();
  }

  private void completesWithEverythingOnce(TestAttempt attempt) throws Exception {
    TerraformStacks stacks = fixture.stacks();
    Found<StackOutputs> found = findWhenIdle(stacks, attempt);
    if (!(found instanceof Found.Ours)) {
      StackOutputs outputs = made(stacks.provision(spec, attempt.next()));
      assertThat(stacks.find(begun(spec), attempt.next())).isEqualTo(Found.ours(outputs));
    }
    assertThat(Files.readAllLines(home.resolve("made"))).containsExactly("made");
    assertThat(stacks.deprovision(begun(spec), attempt.next())).isEqualTo(Removed.gone());
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
  }

  private Found<StackOutputs> findWhenIdle(TerraformStacks stacks, TestAttempt attempt)
      throws Exception {
    Found<StackOutputs> found = stacks.find(begun(spec), attempt);
    for (int i = 0; i < 200 && found instanceof Found.Busy; i++) {
      TimeUnit.MILLISECONDS.sleep(50);
      found = stacks.find(begun(spec), attempt);
    }
    return found;
  }

  private String dyingAt(int n, String when) throws IOException {
    Path script = home.resolve("terraform-mortal");
    String die = "[ $n = " + n + " ] && kill -9 $$\n";
    Files.writeString(
        script,
        "#!/bin/sh\necho x >> $(dirname $0)/calls\nn=$(wc -l < $(dirname $0)/calls)\n"
            + (when.equals("before") ? die : "")
            + RealPart.TERRAFORM.path()
            + " \"$@\"\nstatus=$?\n"
            + (when.equals("after") ? die : "")
            + "exit $status\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }
}
