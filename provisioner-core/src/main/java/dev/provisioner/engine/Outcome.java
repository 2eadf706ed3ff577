package dev.provisioner.engine;

import dev.provisioner.event.Progress;
import dev.provisioner.plan.Step;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How a run ended, or that it has not. A failed plan is a value, not an exception. */
public abstract sealed class Outcome {
  private final Told told;

  Outcome(Told told) {
    this.told = told;
  }

  /** Returns the run's id. */
  public final String run() {
    return told.run();
  }

  /** Says for people what happened, what stands now and what to do next. Holds no secrets. */
  public final String explain() {
    return told.explanation();
  }

  /** All is as it is wanted. */
  public static final class Succeeded extends Outcome {
    private final boolean changed;
    private final Outputs outputs;

    Succeeded(Told told, boolean changed, Outputs outputs) {
      super(told);
      this.changed = changed;
      this.outputs = outputs;
    }

    /** Returns whether the run changed anything. */
    public boolean changed() {
      return changed;
    }

    /**
     * Returns what a step made, as the run left it.
     *
     * @throws java.util.NoSuchElementException if the step was skipped or is not in the plan
     */
    public <O> O output(Step<?, O> step) {
      return outputs.requiredOfRun(step);
    }

    /** Returns what a step made, or empty if it was skipped. */
    public <O> Optional<O> outputIfAny(Step<?, O> step) {
      return outputs.findOfRun(step);
    }

    @Override
    public String toString() {
      return "Succeeded[" + run() + "]";
    }
  }

  /** It failed. What was made is recorded; the run can be resumed, unless it was rolled back. */
  public static final class Failed extends Outcome {
    private final List<StepFailure> failures;
    private final boolean rolledBack;

    Failed(Told told, List<StepFailure> failures, boolean rolledBack) {
      super(told);
      this.failures = List.copyOf(failures);
      this.rolledBack = rolledBack;
    }

    /** Returns the steps that failed, first the one that failed first. */
    public List<StepFailure> failures() {
      return failures;
    }

    /** Returns whether everything the run did was undone. */
    public boolean rolledBack() {
      return rolledBack;
    }

    @Override
    public String toString() {
      return "Failed[" + run() + ": " + failures + "]";
    }
  }

  /** It was cancelled. What was made is recorded; the run can be resumed. */
  public static final class Cancelled extends Outcome {
    Cancelled(Told told) {
      super(told);
    }

    @Override
    public String toString() {
      return "Cancelled[" + run() + "]";
    }
  }

  /** It is still under way, here or in another process, or waits. */
  public static final class StillRunning extends Outcome {
    private final Progress progress;
    private final boolean parked;

    StillRunning(Told told, Progress progress, boolean parked) {
      super(told);
      this.progress = progress;
      this.parked = parked;
    }

    /**
     * Returns whether no engine works on it at the moment: it waits for a gate, for a time, for
     * another run, or to be taken up again.
     */
    public boolean parked() {
      return parked;
    }

    /** Returns how far it was. */
    public Progress progress() {
      return progress;
    }

    @Override
    public String toString() {
      return "StillRunning[" + run() + ": " + progress.percent() + "%]";
    }
  }

  /**
   * A step that failed.
   *
   * @param step the step's name, or empty if the run failed as a whole, at its deadline
   * @param kind what may be done: try again ({@code TRANSIENT}, {@code TIMED_OUT}, {@code
   *     AMBIGUOUS}), change something ({@code PERMANENT}, {@code REFUSED}), or look at the backend
   *     ({@code IN_DOUBT})
   * @param message what happened, for people
   */
  public record StepFailure(String step, Kind kind, String message) {
    /** Why a step failed. */
    public enum Kind {
      /** Its attempts are used up; it may succeed later. */
      TRANSIENT,
      /** Somebody must change something. */
      PERMANENT,
      /** Its attempts are used up and nobody knows whether the last took effect. */
      AMBIGUOUS,
      /** Something is in the way that is not ours; it was not touched. */
      REFUSED,
      /** The backend cannot tell whether something is ours; somebody must look. */
      IN_DOUBT,
      /** It was over its time. */
      TIMED_OUT
    }

    /** Refuses missing parts. */
    public StepFailure {
      Objects.requireNonNull(kind, "kind");
    }
  }
}
