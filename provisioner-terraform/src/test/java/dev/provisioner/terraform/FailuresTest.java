package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FailuresTest {
  private static Diagnostic error(String summary, String detail) {
    return new Diagnostic(true, summary, detail, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "operation error S3: CreateBucket, exceeded maximum number of attempts, 3",
        "dial tcp 127.0.0.1:1: connect: connection refused",
        "Request cancelled",
        "https response error StatusCode: 503",
        "Throttling: Rate exceeded"
      })
  void aBackendThatIsBusyOrAwayIsTransient(String summary) {
    assertThat(Failures.of(Commands.applyPlan(), 1, List.of(error(summary, ""))))
        .isInstanceOf(TransientException.class)
        .hasMessage("Terraform apply failed: " + summary + ".");
  }

  @Test
  void oneErrorThatIsNotTransientMakesItPermanent() {
    List<Diagnostic> errors =
        List.of(error("connection refused", ""), error("Invalid resource type", "No such type."));
    assertThat(Failures.of(Commands.plan(), 1, errors))
        .isInstanceOf(PermanentException.class)
        .hasMessage(
            "Terraform plan failed: connection refused. Invalid resource type: No such type.");
  }

  /** As Terraform 1.11 tells it when a provider is killed with SIGKILL. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Plugin did not respond|The plugin encountered an error, and failed to respond.",
        "Failed to load plugin schemas|Error while loading schemas: Plugin did not respond.",
        "Unrecognized remote plugin message: Failed to read any lines from plugin's stdout|Path: x."
      })
  void aProviderThatDiedLeavesDoubtOnlyWhereItCouldChangeSomething(String summary, String detail) {
    List<Diagnostic> errors = List.of(error(summary, detail));
    String told = summary + ": " + detail + " The provider's process has ended in the middle.";
    assertThat(Failures.of(Commands.plan(), 1, errors))
        .isInstanceOf(TransientException.class)
        .hasMessage("Terraform plan failed: " + told + " Nothing was changed.");
    assertThat(Failures.of(Commands.applyPlan(), 1, errors))
        .isInstanceOf(AmbiguousException.class)
        .hasMessage(
            "Terraform apply failed: "
                + told
                + " What it was making at that moment may exist without being in the state. The"
                + " next attempt goes on from there.");
  }

  @Test
  void aHeldLockIsTransientWithATimeToWait() {
    TransientException locked =
        (TransientException)
            Failures.of(
                Commands.plan(), 1, List.of(error("Error acquiring the state lock", "Lock Info")));
    assertThat(locked.retryAfter()).isPresent();
  }

  @Test
  void aStateThatWasNotSavedIsAmbiguous() {
    assertThat(
            Failures.of(
                Commands.applyPlan(), 1, List.of(error("Failed to persist state to backend", ""))))
        .isInstanceOf(AmbiguousException.class);
  }

  @Test
  void withoutADiagnosticOnlyAChangingCommandLeavesDoubt() {
    assertThat(Failures.of(Commands.destroy(), 11, List.of()))
        .isInstanceOf(AmbiguousException.class)
        .hasMessage(
            "Terraform destroy failed with exit code 11 and without a diagnostic; see its .stderr"
                + " file in the stack's directory.");
    assertThat(Failures.of(Commands.plan(), 11, List.of())).isInstanceOf(TransientException.class);
  }

  @Test
  void planningOrInitialisingAgainIsRecognised() {
    assertThat(Failures.stalePlan(List.of(error("Saved plan is stale", "x")))).isTrue();
    assertThat(Failures.needInit(List.of(error("Inconsistent dependency lock file", "")))).isTrue();
    assertThat(Failures.needInit(List.of(error("Required plugins are not installed", ""))))
        .isTrue();
    assertThat(Failures.needInit(List.of(error("No value for required variable", "")))).isFalse();
  }
}
