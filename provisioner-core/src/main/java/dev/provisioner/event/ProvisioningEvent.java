package dev.provisioner.event;

import dev.provisioner.state.Summary.RunStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * Something that happened to a tenant. Told after it was recorded, except {@link StepStarted},
 * {@link StepProgressed} and {@link LeaseLost}, which are not recorded. Never holds a spec, an
 * output or a secret.
 */
public sealed interface ProvisioningEvent {

  /** Returns what all events say. */
  EventHeader header();

  /** Tells the event in one line, for people. */
  String describe();

  /**
   * A run began.
   *
   * @param kind what it is for: {@code provision}, {@code deprovision}, {@code purge}
   */
  record RunStarted(EventHeader header, String kind) implements ProvisioningEvent {
    @Override
    public String describe() {
      return kind + " began";
    }
  }

  /** A run goes on, in this process, after a crash, a failure or a cancellation. */
  record RunResumed(EventHeader header, String reason) implements ProvisioningEvent {
    @Override
    public String describe() {
      return "run goes on: " + reason;
    }
  }

  /** A run undoes what it did. */
  record RollbackStarted(EventHeader header, String reason) implements ProvisioningEvent {
    @Override
    public String describe() {
      return "rolling back: " + reason;
    }
  }

  /**
   * A run ended.
   *
   * @param took from its beginning, whoever worked on it
   */
  record RunEnded(EventHeader header, RunStatus status, String summary, Duration took)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return summary;
    }
  }

  /**
   * Work on a step began; told again for each attempt.
   *
   * @param work what is done: {@code create}, {@code update}, {@code replace}, {@code remove},
   *     {@code undo}
   */
  record StepStarted(EventHeader header, String step, String work, int attempt, Progress progress)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step + ": " + work + (attempt > 1 ? " (attempt " + attempt + ")" : "");
    }
  }

  /**
   * A provisioner says how far its call is. Best effort, not recorded.
   *
   * @param done parts done
   * @param total parts in all, or 0 if it cannot tell
   */
  record StepProgressed(EventHeader header, String step, long done, long total, String message)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step + ": " + message + (total > 0 ? " (" + done + "/" + total + ")" : "");
    }
  }

  /** A step waits for the world. */
  record StepWaiting(EventHeader header, String step, String waitingFor, Instant nextLook)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step + ": waits for " + waitingFor;
    }
  }

  /** An attempt failed; another follows. */
  record StepRetrying(
      EventHeader header,
      String step,
      int failedAttempt,
      int maxAttempts,
      Duration in,
      String error)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step
          + ": attempt "
          + failedAttempt
          + " of "
          + maxAttempts
          + " failed, next in "
          + in.toMillis()
          + " ms: "
          + error;
    }
  }

  /**
   * Work on a step ended well.
   *
   * @param result such as {@code created}, {@code adopted}, {@code updated}, {@code replaced},
   *     {@code restored}, {@code unchanged}, {@code skipped}, {@code removed}, {@code retained},
   *     {@code kept}, {@code undone}
   * @param took from the first attempt
   */
  record StepDone(EventHeader header, String step, String result, Duration took, Progress progress)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step + ": " + result;
    }
  }

  /**
   * A step failed for good in this run.
   *
   * @param took from the first attempt
   */
  record StepFailed(EventHeader header, String step, String error, Duration took)
      implements ProvisioningEvent {
    @Override
    public String describe() {
      return step + ": failed: " + error;
    }
  }

  /** This engine found that another one has taken the run over, and stopped working on it. */
  record LeaseLost(EventHeader header) implements ProvisioningEvent {
    @Override
    public String describe() {
      return "another engine has taken this run over; this one stops";
    }
  }
}
