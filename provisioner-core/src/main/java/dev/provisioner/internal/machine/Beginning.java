package dev.provisioner.internal.machine;

import dev.provisioner.event.ProvisioningEvent.RunResumed;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How runs begin and go on. */
final class Beginning {
  private Beginning() {}

  static void begin(Draft draft, Input.Begin begin) {
    if (draft.underWay()) {
      throw new IllegalStateException("a run is under way");
    }
    boolean provision = begin.kind() == RunRecord.Kind.PROVISION;
    Map<String, Task> tasks = new LinkedHashMap<>();
    if (provision) {
      record(draft, begin.steps());
      for (PlannedStep step : begin.steps()) {
        add(tasks, Task.of(step.name(), Goal.ENSURE, step.dependsOn(), current(draft, step)));
      }
    }
    for (String left : leaving(draft, begin)) {
      add(tasks, Task.of(left, Goal.REMOVE, List.of(), null));
    }
    Instant deadline = begin.deadline() == null ? null : draft.now().plus(begin.deadline());
    Duration retention = begin.retention();
    draft.beginRun(
        new RunRecord(
            begin.run(),
            begin.kind(),
            begin.by(),
            RunStatus.RUNNING,
            provision ? begin.planVersion() : draft.base().planVersion(),
            draft.now(),
            null,
            deadline,
            begin.onFailure(),
            retention == null ? null : retention.toMillis(),
            0,
            null,
            false,
            false,
            false,
            draft.base().input(),
            draft.base().inputFingerprint(),
            tasks));
    draft.ticket(begin.ticket());
    if (provision) {
      draft.input(begin.input(), begin.inputFingerprint(), begin.planVersion());
    }
    draft.tell(header -> new RunStarted(header, begin.kind().verb()));
  }

  private static void add(Map<String, Task> tasks, Task task) {
    tasks.put(task.id(), task);
  }

  private static @Nullable Resource current(Draft draft, PlannedStep step) {
    StepRecord record = draft.step(step.name());
    return record == null ? null : record.current();
  }

  /** Records the plan's steps: renamed ones keep what they made, new ones get a record. */
  private static void record(Draft draft, List<PlannedStep> steps) {
    for (PlannedStep step : steps) {
      for (String former : step.formerly()) {
        if (draft.step(former) != null && draft.step(step.name()) == null) {
          draft.rename(former, step.name());
        }
      }
    }
    Set<String> origins = new HashSet<>();
    draft.steps().values().forEach(record -> origins.add(record.origin()));
    for (PlannedStep step : steps) {
      StepRecord known = draft.step(step.name());
      draft.put(
          step.name(),
          known == null
              ? new StepRecord(
                  origin(origins, step.name()), step.dependsOn(), step.policy(), null, List.of())
              : known.planned(known.dependsOn(), step.policy()));
    }
  }

  /** A name that no other record began with: one that was renamed away keeps its origin. */
  private static String origin(Set<String> taken, String name) {
    String origin = name;
    for (int n = 2; !taken.add(origin); n++) {
      origin = name + "." + n;
    }
    return origin;
  }

  /**
   * The recorded steps that are to go, those that were made last first. What is retained or kept
   * stays recorded when its step leaves the plan: it is taken up again if the step comes back.
   */
  private static List<String> leaving(Draft draft, Input.Begin begin) {
    Set<String> planned = new HashSet<>();
    begin.steps().forEach(step -> planned.add(step.name()));
    List<String> leaving = new ArrayList<>();
    draft
        .steps()
        .forEach(
            (name, record) -> {
              if (!planned.contains(name)
                  && !(begin.kind() == RunRecord.Kind.PROVISION
                      && record.policy().onDeprovision() != OnDeprovision.DELETE)) {
                leaving.add(name);
              }
            });
    Collections.reverse(leaving);
    return leaving;
  }

  /** Records a run that ends as it begins. It touched nothing, so there is nothing to undo. */
  static void decline(Draft draft, Input.Decline decline) {
    if (draft.underWay()) {
      throw new IllegalStateException("a run is under way");
    }
    boolean withdrawn = decline.why() == null;
    draft.beginRun(
        new RunRecord(
            decline.run(),
            RunRecord.Kind.PROVISION,
            decline.by(),
            RunStatus.RUNNING,
            decline.planVersion(),
            draft.now(),
            null,
            null,
            OnFailure.KEEP,
            null,
            0,
            decline.why(),
            true,
            withdrawn,
            true,
            null,
            null,
            Map.of()));
    Scheduling.finish(draft, withdrawn ? RunStatus.CANCELLED : RunStatus.FAILED);
  }

  static void resume(Draft draft) {
    if (draft.underWay()) {
      throw new IllegalStateException("a run is under way");
    }
    boolean undoing =
        draft.tasks().stream()
            .anyMatch(task -> task.goal() == Goal.UNDO && task.phase() != Task.Phase.DONE);
    for (Task task : draft.tasks()) {
      boolean concerned = !undoing || task.goal() == Goal.UNDO;
      if (concerned && task.phase() != Task.Phase.DONE) {
        draft.put(task.resumed());
      }
    }
    Duration limit =
        draft.run().deadline() == null
            ? null
            : Duration.between(draft.run().startedAt(), draft.run().deadline());
    draft.run(
        edit ->
            edit.status(undoing ? RunStatus.ROLLING_BACK : RunStatus.RUNNING)
                .endedAt(null)
                .deadline(limit == null ? null : draft.now().plus(limit))
                .failure(undoing ? edit.failure() : null)
                .stopping(false)
                .cancelled(false)
                .resumed());
    draft.signals(draft.signals().cancel(null));
    draft.tell(header -> new RunResumed(header, "it was resumed"));
  }

  /** Calls that were under way when their engine vanished start over, by looking. */
  static void recover(Draft draft) {
    for (Task task : draft.tasks()) {
      if (task.phase().calling()) {
        draft.put(task.recovered());
      }
    }
    draft.run(edit -> edit.resumed());
    draft.tell(header -> new RunResumed(header, "the engine that worked on it is gone"));
  }
}
