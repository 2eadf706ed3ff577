package dev.provisioner.terraform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is done with one stack in one attempt, in the order in which a crash can be survived. */
final class StackWork {
  private final StackDirectory directory;
  private final StackCalls calls;

  StackWork(StackDirectory directory, StackCalls calls) {
    this.directory = directory;
    this.calls = calls;
  }

  /**
   * Plans in a tree beside the applied one, so that a plan that fails leaves everything as it was;
   * then makes it the applied one and applies the plan.
   */
  StackOutputs apply(StackSpec spec, ModuleFiles files, String version, PreparedInits inits)
      throws IOException {
    pushErroredState();
    ModuleTree planned = plannedTree(spec, files, version, inits);
    directory.unsetApplied();
    ModuleTree work = directory.promote(planned);
    try {
      StackCalls.Result applied = calls.run(work, Commands.applyPlan());
      if (!applied.succeeded() && Failures.stalePlan(applied.stream().errors())) {
        calls.require(runInitialised(work, Commands.plan()));
        applied = calls.run(work, Commands.applyPlan());
      }
      calls.require(applied);
    } finally {
      Files.deleteIfExists(work.planFile());
      directory.tighten();
    }
    StackOutputs outputs = outputs(work);
    directory.setApplied(Applied.of(spec, files.hash()));
    return outputs;
  }

  /** Returns what has changed outside Terraform, resource by resource. */
  List<String> drift(ModuleTree tree) throws IOException {
    StackCalls.Result check = calls.require(runInitialised(tree, Commands.drift()));
    if (!check.drifted()) {
      return List.of();
    }
    List<String> drift = check.stream().drift();
    // Terraform also answers so when a refresh only writes an attribute in another way, such as an
    // empty map for none, just after a creation; it then tells no change.
    return drift.isEmpty() && check.stream().outputsChanged()
        ? List.of("the stack's outputs have changed")
        : drift;
  }

  StackOutputs outputs(ModuleTree tree) throws IOException {
    List<String> command = Commands.output();
    try {
      StringBuilder text = new StringBuilder();
      StackCalls.Result read = calls.run(tree, command, text);
      if (!read.succeeded() && Failures.needInit(read.stream().errors())) {
        calls.require(tree, Commands.init());
        text.setLength(0);
        read = calls.run(tree, command, text);
      }
      calls.require(read);
      if (read.ended().passedOver()) {
        // Without that line the document may still be JSON, with an element less.
        throw new PermanentException(
            "The stack has an output with a value of more than 8 MB, which is not read. The stack"
                + " is applied; let the module give out a reference to such a value instead.");
      }
      JsonNode document = Json.parse(text.toString());
      Map<String, Object> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> output : document.properties()) {
        outputs.put(output.getKey(), value(output.getValue()));
      }
      return new StackOutputs(outputs);
    } finally {
      Path written = calls.directory().resolve(TerraformCall.stdoutOf(command));
      Files.deleteIfExists(written); // has sensitive outputs in clear
    }
  }

  /** Destroys what the state knows. The directory stays. */
  void destroy() throws IOException {
    pushErroredState();
    Optional<ModuleTree> tree = directory.current();
    if (!directory.hasState()) {
      return; // no apply ever came as far as a resource
    }
    if (tree.isEmpty()) {
      throw new AmbiguousException(
          "The stack in "
              + directory.path()
              + " has a state, but its module is gone. Restore the directory, or destroy by hand"
              + " what the state lists.");
    }
    directory.unsetApplied();
    try {
      calls.require(runInitialised(tree.get(), Commands.destroy()));
    } finally {
      directory.tighten();
    }
  }

  private ModuleTree plannedTree(
      StackSpec spec, ModuleFiles files, String version, PreparedInits inits) throws IOException {
    boolean planned = false;
    try {
      ModuleTree tree = ModuleTree.write(directory.next(), files);
      tree.writeVariables(Variables.plain(spec.variables()));
      inits.init(tree, files, version, calls);
      calls.require(runInitialised(tree, Commands.plan()));
      SecureFiles.tighten(tree.planFile());
      planned = true;
      return tree;
    } finally {
      if (!planned) {
        SecureFiles.deleteTree(directory.next());
      }
    }
  }

  /** Pushes the state that an apply could not save. Until then its resources are unknown. */
  private void pushErroredState() throws IOException {
    Optional<ModuleTree> tree = directory.current();
    if (tree.isPresent() && Files.exists(tree.get().erroredState())) {
      calls.require(tree.get(), Commands.pushErroredState());
      Files.delete(tree.get().erroredState());
    }
  }

  /** Runs a command; initialises once if providers or modules have gone since. */
  private StackCalls.Result runInitialised(ModuleTree tree, List<String> command)
      throws IOException {
    StackCalls.Result result = calls.run(tree, command);
    if (!result.succeeded() && Failures.needInit(result.stream().errors())) {
      calls.require(tree, Commands.init());
      return calls.run(tree, command);
    }
    return result;
  }

  private static Object value(JsonNode output) throws IOException {
    JsonNode value = output.path("value");
    if (output.path("sensitive").asBoolean()) {
      return Secret.of(value.isTextual() ? value.textValue() : value.toString());
    }
    return Json.MAPPER.treeToValue(value, Object.class);
  }
}
