package dev.provisioner.internal.machine;

import dev.provisioner.internal.document.Rows;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.internal.document.Task.Phase;
import org.jspecify.annotations.Nullable;

/** How many tasks of a run have which goal and are in which phase. */
@SuppressWarnings("EnumOrdinal") // indices of an array that nobody else sees
final class Tally {
  private static final Phase[] PHASES = Phase.values();
  private static final Goal[] GOALS = Goal.values();

  private final int[][] counts = new int[GOALS.length][PHASES.length];

  static Tally of(Rows.Editor<Task> tasks) {
    Tally tally = new Tally();
    for (int i = 0; i < tasks.size(); i++) {
      tally.change(null, tasks.value(i));
    }
    return tally;
  }

  void change(@Nullable Task before, Task after) {
    if (before != null) {
      counts[before.goal().ordinal()][before.phase().ordinal()]--;
    }
    counts[after.goal().ordinal()][after.phase().ordinal()]++;
  }

  int count(Goal goal, Phase phase) {
    return counts[goal.ordinal()][phase.ordinal()];
  }

  int count(Phase phase) {
    int count = 0;
    for (int[] ofGoal : counts) {
      count += ofGoal[phase.ordinal()];
    }
    return count;
  }

  /** Returns how many tasks make a call or a computation. */
  int calling() {
    int calling = 0;
    for (Phase phase : PHASES) {
      calling += phase.calling() ? count(phase) : 0;
    }
    return calling;
  }

  /** Returns how many tasks have something left to do in this run. */
  int open() {
    int open = 0;
    for (Goal goal : GOALS) {
      open += open(goal);
    }
    return open;
  }

  int open(Goal goal) {
    int open = 0;
    for (Phase phase : PHASES) {
      open += phase.over() ? 0 : count(goal, phase);
    }
    return open;
  }

  /** Returns whether all tasks of a goal have reached it. */
  boolean all(Goal goal) {
    return open(goal) == 0 && count(goal, Phase.FAILED) == 0 && count(goal, Phase.STOPPED) == 0;
  }

  /** Returns whether some task waits for a time. */
  boolean timed() {
    for (Phase phase : PHASES) {
      if (phase.timed() && count(phase) > 0) {
        return true;
      }
    }
    return false;
  }
}
