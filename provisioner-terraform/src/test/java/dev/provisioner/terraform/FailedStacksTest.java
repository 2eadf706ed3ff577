package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.differences;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresPart(RealPart.TERRAFORM)
final class FailedStacksTest {
  private static final String STEPS =
      """
      variable "size" {
        type = number
        validation {
          condition     = var.size < 10
          error_message = "The size must be below 10."
        }
      }
      variable "command" {
        type    = string
        default = "true"
      }
      resource "terraform_data" "first" {
        input = var.size
      }
      resource "terraform_data" "second" {
        input = terraform_data.first.id
        provisioner "local-exec" {
          command = var.command
        }
      }
      output "size" {
        value = terraform_data.first.output
      }
      """;

  @TempDir Path home;
  private Fixture fixture;

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("steps", STEPS);
  }

  @Test
  void aMissingVariableIsPermanent() {
    assertThatThrownBy(() -> fixture.stacks().provision(StackSpec.of("steps"), attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessage(
            "Terraform plan failed: No value for required variable: The root module input variable"
                + " \"size\" is not set, and has no default value. Use a -var or -var-file"
                + " command line argument to provide a value for this variable.");
  }

  @Test
  void aRefusedVariableIsPermanent() {
    assertThatThrownBy(
            () ->
                fixture
                    .stacks()
                    .provision(StackSpec.of("steps").variable("size", 12), attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith(
            "Terraform plan failed: Invalid value for variable: The size must be below 10.");
  }

  @Test
  void anUndeclaredVariableIsRefusedBeforeAnythingIsTouched() {
    TestAttempt attempt = attempt("acme");
    assertThatThrownBy(
            () -> fixture.stacks().provision(StackSpec.of("steps").variable("sise", 1), attempt))
        .isInstanceOf(PermanentException.class)
        .hasMessage("Module 'steps' declares no variable sise. It declares command, size.");
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
  }

  @Test
  void aSyntaxErrorIsPermanent() throws Exception {
    fixture.module("steps", "resource \"terraform_data\" {\n}\n");
    assertThatThrownBy(() -> fixture.stacks().provision(StackSpec.of("steps"), attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith("Terraform init failed: ")
        .hasMessageContaining("Missing name for resource");
  }

  @Test
  void aMissingModuleIsPermanent() {
    assertThatThrownBy(() -> fixture.stacks().provision(StackSpec.of("no"), attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("which is no directory");
  }

  @Test
  void aFailedApplyNamesTheResourceAndHidesSecrets() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec =
        StackSpec.of("steps")
            .variable("size", 1)
            .variable("command", Secret.of("echo hunter2hunter2; exit 3"));
    TestAttempt attempt = attempt("acme");
    assertThatThrownBy(() -> stacks.provision(spec, attempt))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith(
            "Terraform apply failed: terraform_data.second: local-exec provisioner error: Error"
                + " running command '[secret]': exit status 3.")
        .hasMessageNotContaining("exit 3");
    assertThat(differences(stacks.find(begun(spec), attempt.next())))
        .containsExactly("no apply has completed");

    StackSpec better = spec.variable("command", "true");
    StackOutputs outputs = made(stacks.provision(better, attempt.next()));
    assertThat(stacks.find(begun(better), attempt.next())).isEqualTo(Found.ours(outputs));
  }

  @Test
  void aFailedPlanOfAnUpdateLeavesTheStackAsItWas() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = StackSpec.of("steps").variable("size", 1);
    TestAttempt attempt = attempt("acme");
    StackOutputs outputs = made(stacks.provision(spec, attempt));
    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    assertThatThrownBy(() -> stacks.update(known, spec.variable("size", 99), attempt.next()))
        .isInstanceOf(PermanentException.class);
    assertThat(stacks.find(known, attempt.next())).isEqualTo(Found.ours(outputs));
  }

  @Test
  void anUpdateThatBreaksOffIsIncompleteAndCanBeReadUndoneOrRemoved() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = StackSpec.of("steps").variable("size", 1);
    TestAttempt attempt = attempt("acme");
    StackOutputs outputs = made(stacks.provision(spec, attempt));
    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    fixture.module(
        "steps",
        STEPS.replace(
            "input = terraform_data.first.id", "input = 2\n" + "  triggers_replace = [2]"));
    StackSpec bad = spec.variable("command", "exit 3");
    assertThatThrownBy(() -> stacks.update(known, bad, attempt.next()))
        .isInstanceOf(PermanentException.class);
    assertThat(stacks.inspect(known, attempt.next()))
        .isEqualTo(Found.incomplete(outputs, "no apply has completed"));
    stacks.provision(spec, attempt.next());
    assertThat(stacks.find(known, attempt.next())).isEqualTo(Found.ours(outputs));
    assertThat(stacks.deprovision(known, attempt.next())).isEqualTo(Removed.gone());
  }

  @Test
  void aStackThatFailedAtOnceCanBeRemoved() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = StackSpec.of("steps");
    TestAttempt attempt = attempt("acme");
    assertThatThrownBy(() -> stacks.provision(spec, attempt))
        .isInstanceOf(PermanentException.class);
    assertThat(stacks.deprovision(begun(spec), attempt.next())).isEqualTo(Removed.gone());
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
  }

  @Test
  void aStateThatCouldNotBeSavedIsPushedFirst() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = StackSpec.of("steps").variable("size", 1);
    TestAttempt attempt = attempt("acme");
    stacks.provision(spec, attempt);
    Path directory = fixture.work.resolve(attempt.name());
    Path state = directory.resolve("state/terraform.tfstate");
    Path errored = directory.resolve("work/module/steps/errored.tfstate");
    String text = Files.readString(state);
    Files.writeString(errored, text.replaceFirst("\"serial\": (\\d+)", "\"serial\": 9$1"));

    assertThat(differences(stacks.find(begun(spec), attempt.next())))
        .containsExactly("Terraform could not save its state");
    stacks.provision(spec, attempt.next());
    assertThat(errored).doesNotExist();
    assertThat(Files.readString(state)).containsPattern("\"serial\": 9");
    assertThat(stacks.find(begun(spec), attempt.next())).isInstanceOf(Found.Ours.class);
  }
}
