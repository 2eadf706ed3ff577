package dev.provisioner.plan;

/** What a run does when a step has failed for good. */
public enum OnFailure {
  /**
   * Keeps what was made; steps that do not depend on the failed one are still brought to their end,
   * nothing is removed, and the run can be resumed. The default.
   */
  KEEP,
  /**
   * Undoes what this run did, in reverse order: what it created is removed, what it changed goes
   * back to the recorded previous spec. What cannot be undone is said in the outcome.
   */
  ROLL_BACK
}
