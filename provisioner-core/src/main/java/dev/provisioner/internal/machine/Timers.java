package dev.provisioner.internal.machine;

import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What comes of time passing. */
public final class Timers {
  private Timers() {}

  static void tick(Draft draft) {
    RunRecord run = draft.run();
    Instant runDeadline = run.deadline();
    if (runDeadline != null
        && !draft.now().isBefore(runDeadline)
        && !run.stopping()
        && !draft.rollingBack()) {
      draft.failRun(
          new Failure(
              Failure.Type.TIMED_OUT,
              "The run was not done within "
                  + Duration.between(run.startedAt(), runDeadline)
                  + ", the plan's deadline. Resume it to go on.",
              null,
              null));
      draft.run(edit -> edit.stopping(true));
    }
    if (draft.run().stopping()) {
      return; // nothing new is begun
    }
    if (!draft.tally().timed()) {
      return;
    }
    for (Task task : draft.tasks()) {
      if (task.phase().timed() && draft.hasRoom()) {
        passed(draft, task);
      }
    }
  }

  private static void passed(Draft draft, Task task) {
    Instant limit = limit(draft.base(), draft.step(task.step()), task);
    if (limit != null && !draft.now().isBefore(limit)) {
      Operations.fail(draft, task, timedOut(draft.step(task.step()), task));
    } else if (task.dueAt() != null && !draft.now().isBefore(task.dueAt())) {
      Operations.again(draft, task);
    }
  }

  static Failure timedOut(@Nullable StepRecord record, Task task) {
    Long millis = record == null ? null : record.policy().timeoutMillis();
    String waited = task.note() == null ? "" : " It waited for " + task.note() + ".";
    String last = task.error() == null ? "" : " The last error was: " + task.error().message();
    return new Failure(
        Failure.Type.TIMED_OUT,
        "The step was not done within "
            + Duration.ofMillis(millis == null ? 0 : millis)
            + ", its timeout."
            + waited
            + last,
        task.step(),
        null);
  }

  /** Returns when a step's time is over, or null. */
  public static @Nullable Instant limit(Document document, @Nullable StepRecord record, Task task) {
    if (record == null || record.policy().timeoutMillis() == null || task.startedAt() == null) {
      return null;
    }
    return task.startedAt().plusMillis(record.policy().timeoutMillis());
  }

  /**
   * Returns the next time at which a run that makes no calls has something to do, or null.
   *
   * @param heldBack whether it begins nothing, for the outbox is full
   */
  public static @Nullable Instant next(Document document, boolean heldBack) {
    RunRecord run = document.run();
    if (run == null || !run.status().underWay()) {
      return null;
    }
    boolean limited = run.status() == RunStatus.RUNNING && !run.stopping();
    Instant next = limited ? run.deadline() : null;
    for (Task task : run.tasks().values()) {
      if (task.phase().timed() && !heldBack) {
        next = earlier(next, task.dueAt());
        next = earlier(next, limit(document, document.step(task.step()), task));
      }
    }
    return next;
  }

  /** Returns the earlier of two times, of which null is never. */
  public static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }
}
