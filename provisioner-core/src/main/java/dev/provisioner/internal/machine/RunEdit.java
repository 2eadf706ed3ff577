package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes to a run's record. */
final class RunEdit {
  private final RunRecord base;
  private RunStatus status;
  private @Nullable Instant endedAt;
  private @Nullable Instant deadline;
  private int resumes;
  private @Nullable Failure failure;
  private boolean stopping;
  private boolean cancelled;
  private boolean rolledBack;
  private @Nullable JsonNode previousInput;
  private @Nullable String previousFingerprint;
  private Map<String, Task> tasks;

  private RunEdit(RunRecord base) {
    this.base = base;
    this.status = base.status();
    this.endedAt = base.endedAt();
    this.deadline = base.deadline();
    this.resumes = base.resumes();
    this.failure = base.failure();
    this.stopping = base.stopping();
    this.cancelled = base.cancelled();
    this.rolledBack = base.rolledBack();
    this.previousInput = base.previousInput();
    this.previousFingerprint = base.previousFingerprint();
    this.tasks = base.tasks();
  }

  static RunEdit of(RunRecord base) {
    return new RunEdit(base);
  }

  RunEdit status(RunStatus next) {
    status = next;
    return this;
  }

  RunEdit endedAt(@Nullable Instant at) {
    endedAt = at;
    return this;
  }

  RunEdit deadline(@Nullable Instant at) {
    deadline = at;
    return this;
  }

  RunEdit resumed() {
    resumes++;
    return this;
  }

  RunEdit failure(@Nullable Failure why) {
    failure = why;
    return this;
  }

  @Nullable Failure failure() {
    return failure;
  }

  RunEdit stopping(boolean now) {
    stopping = now;
    return this;
  }

  RunEdit cancelled(boolean now) {
    cancelled = now;
    return this;
  }

  RunEdit rolledBack(boolean now) {
    rolledBack = now;
    return this;
  }

  RunEdit withoutPrevious() {
    previousInput = null;
    previousFingerprint = null;
    return this;
  }

  RunEdit tasks(Map<String, Task> all) {
    tasks = all;
    return this;
  }

  RunRecord toRecord() {
    return new RunRecord(
        base.id(),
        base.kind(),
        base.by(),
        status,
        base.planVersion(),
        base.startedAt(),
        endedAt,
        deadline,
        base.onFailure(),
        base.retentionMillis(),
        resumes,
        failure,
        stopping,
        cancelled,
        rolledBack,
        previousInput,
        previousFingerprint,
        tasks);
  }
}
