package dev.provisioner.terraform;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.TransientException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Attempt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs Terraform commands for one stack in one attempt. */
final class StackCalls {
  private final Settings settings;
  private final Attempt attempt;
  private final Path directory;
  private final Map<String, String> secretVariables;
  private final Redactor redactor;

  /** How a command ended, and what it had to say. */
  record Result(List<String> command, TerraformCall.Ended ended, UiStream stream) {
    boolean succeeded() {
      return ended.exitCode() == 0 || drifted();
    }

    boolean drifted() {
      return ended.exitCode() == 2 && command.contains("-detailed-exitcode");
    }
  }

  /**
   * Creates the calls.
   *
   * @param directory where output files and the note of the running process go
   */
  StackCalls(Settings settings, Attempt attempt, Path directory, StackSpec spec) {
    this.settings = settings;
    this.attempt = attempt;
    this.directory = directory;
    this.secretVariables = Variables.secret(spec.variables());
    List<String> hidden = new ArrayList<>();
    Variables.collectSecrets(spec.variables(), hidden);
    settings.secrets().forEach((Secret secret) -> hidden.add(secret.reveal()));
    this.redactor = Redactor.of(hidden);
  }

  Attempt attempt() {
    return attempt;
  }

  Path directory() {
    return directory;
  }

  /** Returns calls for the same attempt whose files go to another directory. */
  StackCalls in(Path other) {
    return new StackCalls(settings, attempt, other, StackSpec.of("none"));
  }

  /** Runs a command; its errors are in the result. */
  Result run(ModuleTree tree, List<String> command) throws IOException {
    UiStream stream = new UiStream(attempt, redactor);
    return new Result(command, execute(tree, command, stream::line), stream);
  }

  /** Runs a command, and throws the typed error if it fails. */
  Result require(ModuleTree tree, List<String> command) throws IOException {
    return require(run(tree, command));
  }

  Result require(Result result) {
    if (!result.succeeded()) {
      throw failure(result);
    }
    return result;
  }

  /** Runs a command that writes a document, not events, and adds the document to a text. */
  Result run(ModuleTree tree, List<String> command, StringBuilder document) throws IOException {
    UiStream stream = new UiStream(attempt, redactor);
    TerraformCall.Ended ended =
        execute(
            tree,
            command,
            line -> {
              document.append(line).append('\n');
              stream.line(line);
            });
    return new Result(command, ended, stream);
  }

  private TerraformCall.Ended execute(
      ModuleTree tree, List<String> command, Consumer<String> onLine) throws IOException {
    if (attempt.cancelled()) {
      throw new TransientException(
          "Terraform " + Commands.shown(command) + " was not started: the call was to end.");
    }
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.put("TF_DATA_DIR", tree.relativeData());
    secretVariables.forEach((name, value) -> environment.put("TF_VAR_" + name, value));
    TerraformCall call = new TerraformCall(settings, attempt, directory);
    return call.run(tree.directory(), command, environment, onLine);
  }

  private ProvisioningException failure(Result result) {
    List<String> command = result.command();
    TerraformCall.Ended ended = result.ended();
    if (!ended.gaveUp() && !ended.killed()) {
      return Failures.of(command, ended.exitCode(), result.stream().errors());
    }
    String what =
        "Terraform "
            + Commands.shown(command)
            + (ended.gaveUp()
                ? " was stopped, because the call was cancelled or its time was over."
                : " was killed from outside.");
    if (!Commands.changesResources(command)) {
      return new TransientException(what + " Nothing was changed.");
    }
    return new AmbiguousException(
        what
            + (ended.killed()
                ? " It had no time to end: what it was making at that moment may exist without"
                    + " being in the state."
                : " It saved its state.")
            + " The next attempt goes on from there.");
  }
}
