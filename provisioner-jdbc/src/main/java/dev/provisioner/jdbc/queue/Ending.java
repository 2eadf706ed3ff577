package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended.
 *
 * @param run the id of its run; null if none was begun
 */
record Ending(Job.Status status, @Nullable String run, String message) {

  /** Returns how a job ends whose run has ended like this. */
  static Ending of(Outcome outcome) {
    Job.Status status =
        outcome instanceof Outcome.Succeeded
            ? Job.Status.SUCCEEDED
            : outcome instanceof Outcome.Cancelled ? Job.Status.CANCELLED : Job.Status.FAILED;
    return new Ending(status, outcome.run(), outcome.explain());
  }

  static Ending refused(String why) {
    return new Ending(Job.Status.FAILED, null, why);
  }

  static Ending cancelled() {
    return new Ending(Job.Status.CANCELLED, null, "It was cancelled before it began.");
  }
}
