package dev.provisioner.testkit.simulation;

/** What can befall a request to the cloud. */
enum Fault {
  NONE,
  /** It is slow on its way there. */
  SLOW,
  /** Its answer is slow. */
  ANSWER_SLOW,
  /** It has its effect, its answer is lost. */
  ANSWER_LOST,
  /** It never arrives. */
  LOST,
  THROTTLED,
  /** The engine's process dies before it is sent. */
  CRASH,
  /** The engine's process dies when it had its effect. */
  CRASH_AFTER,
  /** It is refused for good. */
  REFUSED
}
