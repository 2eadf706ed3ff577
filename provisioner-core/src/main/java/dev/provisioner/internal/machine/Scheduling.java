package dev.provisioner.internal.machine;

import dev.provisioner.event.ProvisioningEvent.RollbackStarted;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.internal.document.Task.Phase;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which tasks begin, which are given up, and when the run is over. */
final class Scheduling {
  private Scheduling() {}

  /** Brings the run to a state in which only calls, computations and time can change anything. */
  static void settle(Draft draft) {
    while (draft.underWay()) {
      if (stopsEarly(draft)) {
        stop(draft);
      }
      while (draft.hasRoom() && draft.tally().count(Phase.BLOCKED) > 0 && draft.takeUnsettled()) {
        beginOrGiveUp(draft); // each round may free others
      }
      if (draft.tally().open() > 0) {
        return;
      }
      if (mustRollBack(draft)) {
        beginRollback(draft);
      } else {
        end(draft);
      }
    }
  }

  // ---- giving up

  /** Returns whether nothing new is begun: the run was stopped, or is about to roll back. */
  static boolean stopsEarly(Draft draft) {
    return draft.run().stopping() || mustRollBack(draft);
  }

  private static boolean mustRollBack(Draft draft) {
    RunRecord run = draft.run();
    if (run.kind() != RunRecord.Kind.PROVISION || draft.rollingBack() || run.cancelled()) {
      return false;
    }
    if (run.stopping()
        && run.onFailure() == OnFailure.ROLL_BACK
        && !draft.tally().all(Goal.ENSURE)) {
      return true; // once all is ensured, things are being removed, which cannot be undone
    }
    return draft.tally().count(Goal.ENSURE, Phase.FAILED) > 0
        && draft.tasks().stream()
            .anyMatch(
                task ->
                    task.phase() == Phase.FAILED
                        && task.goal() == Goal.ENSURE
                        && draft.record(task).policy().onFailure() == OnFailure.ROLL_BACK);
  }

  private static void stop(Draft draft) {
    String why = draft.run().cancelled() ? "the run was cancelled" : "the run stops";
    for (Task task : draft.tasks()) {
      if (task.phase() == Phase.BLOCKED || task.phase().timed() || task.phase() == Phase.DECIDING) {
        draft.put(task.stopped(why));
      } else if (task.phase().calling()) {
        draft.emit(new Effect.CancelCall(task.id()));
      }
    }
  }

  // ---- beginning

  private static void beginOrGiveUp(Draft draft) {
    boolean ensured = draft.tally().all(Goal.ENSURE);
    boolean ensuring = draft.tally().open(Goal.ENSURE) > 0;
    Map<String, List<String>> dependents = null;
    int before = draft.tally().count(Phase.BLOCKED);
    for (Task task : draft.tasks()) {
      if (task.phase() != Phase.BLOCKED) {
        continue;
      }
      if (removal(task) && !ensured) {
        if (!ensuring) {
          draft.put(task.stopped("nothing is removed while a step is not as it should be"));
        }
        continue;
      }
      if (removal(task) && dependents == null) {
        dependents = dependents(draft);
      }
      beginOrGiveUp(draft, task, predecessors(task, dependents));
    }
    if (draft.tally().count(Phase.BLOCKED) == before) {
      breakCycle(draft);
    }
  }

  private static void beginOrGiveUp(Draft draft, Task task, List<String> predecessors) {
    Verdict verdict = verdict(draft, task, predecessors);
    if (verdict.missing != null) {
      draft.put(task.stopped("it comes after '" + verdict.missing + "', which is not done"));
    } else if (verdict.ready && draft.hasRoom()) {
      Operations.start(draft, task);
    }
  }

  private record Verdict(boolean ready, @Nullable String missing) {}

  private static Verdict verdict(Draft draft, Task task, List<Task.Goal> goals, List<String> on) {
    for (String step : on) {
      for (Goal goal : goals) {
        Task other = draft.task(step, goal);
        if (other == null || other.phase() == Phase.DONE) {
          continue;
        }
        return new Verdict(false, other.phase().over() ? step : null);
      }
    }
    return new Verdict(true, null);
  }

  private static Verdict verdict(Draft draft, Task task, List<String> predecessors) {
    List<Goal> goals = removal(task) ? List.of(Goal.REMOVE, Goal.DISCARD) : List.of(task.goal());
    return verdict(draft, task, goals, predecessors);
  }

  /**
   * A removal waits for the removals of what was made after it; the rest is written in the task.
   */
  private static List<String> predecessors(
      Task task, @Nullable Map<String, List<String>> dependents) {
    return removal(task) && dependents != null
        ? dependents.getOrDefault(task.step(), List.of())
        : task.waitsFor();
  }

  private static Map<String, List<String>> dependents(Draft draft) {
    Map<String, List<String>> dependents = new HashMap<>();
    draft
        .steps()
        .forEach(
            (name, record) -> {
              for (String on : record.dependsOn()) {
                dependents.computeIfAbsent(on, key -> new ArrayList<>()).add(name);
              }
            });
    return dependents;
  }

  private static boolean removal(Task task) {
    return task.goal() == Goal.REMOVE || task.goal() == Goal.DISCARD;
  }

  /**
   * Records made under different versions of a plan may depend on each other in a circle; then one
   * removal goes first, rather than none ever.
   */
  private static void breakCycle(Draft draft) {
    if (draft.tally().open() == draft.tally().count(Phase.BLOCKED)) {
      draft.tasks().stream()
          .filter(task -> task.phase() == Phase.BLOCKED)
          .findFirst()
          .ifPresent(task -> Operations.start(draft, task));
    }
  }

  // ---- rolling back

  private static void beginRollback(Draft draft) {
    List<Task> touched =
        draft.tasks().stream()
            .filter(task -> task.goal() == Goal.ENSURE && task.startedAt() != null)
            .toList();
    Set<String> names = new HashSet<>();
    touched.forEach(task -> names.add(task.step()));
    for (int i = touched.size() - 1; i >= 0; i--) {
      Task task = touched.get(i);
      List<String> after =
          touched.stream()
              .filter(other -> other.waitsFor().contains(task.step()))
              .map(Task::step)
              .toList();
      draft.putBriefly(Task.of(task.step(), Goal.UNDO, after, task.before()));
    }
    Failure why = draft.run().failure();
    String reason = why == null ? "the run failed" : why.message();
    draft.run(edit -> edit.status(RunStatus.ROLLING_BACK).stopping(false));
    draft.tell(header -> new RollbackStarted(header, reason));
  }

  // ---- ending

  private static void end(Draft draft) {
    RunRecord run = draft.run();
    boolean allDone =
        draft.tasks().stream()
            .filter(task -> !draft.rollingBack() || task.goal() == Goal.UNDO)
            .allMatch(task -> task.phase() == Phase.DONE);
    if (draft.rollingBack()) {
      endRollback(draft, allDone);
    } else if (allDone && run.failure() == null) {
      succeed(draft);
    } else {
      finish(draft, run.cancelled() ? RunStatus.CANCELLED : RunStatus.FAILED);
    }
  }

  private static void endRollback(Draft draft, boolean allDone) {
    RunRecord run = draft.run();
    if (allDone) {
      draft.run(edit -> edit.rolledBack(true));
      draft.input(run.previousInput(), run.previousFingerprint(), draft.base().planVersion());
      draft.steps().entrySet().stream()
          .filter(entry -> entry.getValue().empty())
          .map(Map.Entry::getKey)
          .toList()
          .forEach(draft::drop);
    }
    finish(draft, RunStatus.FAILED);
  }

  private static void succeed(Draft draft) {
    RunRecord run = draft.run();
    switch (run.kind()) {
      case PROVISION -> {
        for (Task task : draft.tasks()) {
          StepRecord record = draft.step(task.step());
          if (task.goal() == Goal.ENSURE && record != null && record.empty()) {
            draft.drop(task.step());
          }
        }
        draft.lifecycle(Lifecycle.ACTIVE, null);
      }
      case DEPROVISION -> {
        long retention = run.retentionMillis() == null ? 0 : run.retentionMillis();
        draft.lifecycle(Lifecycle.RETAINED, draft.now().plusMillis(retention));
      }
      case PURGE -> {
        List.copyOf(draft.steps().keySet()).forEach(draft::drop);
        draft.input(null, null, draft.base().planVersion());
        draft.lifecycle(Lifecycle.PURGED, null);
      }
    }
    finish(draft, RunStatus.SUCCEEDED);
  }

  static void finish(Draft draft, RunStatus status) {
    draft.run(edit -> edit.status(status).endedAt(draft.now()));
    if (status == RunStatus.SUCCEEDED || draft.run().rolledBack()) {
      draft.forgetBefore();
    }
    draft.signals(draft.signals().cancel(null));
    String summary = Summaries.of(draft);
    Duration took = Duration.between(draft.run().startedAt(), draft.now());
    draft.tell(header -> new RunEnded(header, status, summary, took));
  }
}
