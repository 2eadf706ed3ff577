package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.plan.Step;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Reads recorded outputs as the steps' types. */
final class Outputs {
  private final Document document;
  private final Codec codec;

  Outputs(Document document, Codec codec) {
    this.document = document;
    this.codec = codec;
  }

  /** What the run left of a step; nothing if it skipped it, even if something is retained. */
  <O> Optional<O> findOfRun(Step<?, O> step) {
    return skipped(step) ? Optional.empty() : find(step);
  }

  private boolean skipped(Step<?, ?> step) {
    RunRecord run = document.run();
    Task task = run == null ? null : run.tasks().get(Task.id(step.name(), Task.Goal.ENSURE));
    return task != null && "skipped".equals(task.result());
  }

  <O> O requiredOfRun(Step<?, O> step) {
    return findOfRun(step)
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "Step '"
                        + step.name()
                        + "' has no output: it was skipped, is not in the plan, or is not"
                        + " provisioned. Steps with an output: "
                        + document.steps().entrySet().stream()
                            .filter(entry -> made(entry.getValue()).isPresent())
                            .map(java.util.Map.Entry::getKey)
                            .sorted()
                            .toList()));
  }

  <O> Optional<O> find(Step<?, O> step) {
    StepRecord record = document.step(step.name());
    Class<?> type = step.provisioner().kind().output();
    return made(record)
        .map(output -> Places.of(document).output(codec, record(record), output, type))
        .map(step::view);
  }

  private static StepRecord record(@org.jspecify.annotations.Nullable StepRecord record) {
    if (record == null) {
      throw new IllegalStateException("no record");
    }
    return record;
  }

  private static Optional<JsonNode> made(@org.jspecify.annotations.Nullable StepRecord record) {
    Resource current = record == null ? null : record.current();
    return current == null || current.status() != Resource.Status.MADE
        ? Optional.empty()
        : Optional.ofNullable(current.output());
  }
}
