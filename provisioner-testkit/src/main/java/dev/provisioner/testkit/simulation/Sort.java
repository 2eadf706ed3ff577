package dev.provisioner.testkit.simulation;

/** The sorts of things that a simulated plan is made of. */
enum Sort {
  /** The cloud gives each an id; any number of them may exist. */
  NUMBERED,
  /** Its name exists once in the cloud, whosever it is. */
  NAMED,
  /** Takes its time: creation, change and removal are begun, then asked about. */
  SLOW,
  /** Named, and can be changed in its zone only by removing it first. */
  ONCE,
  /** The cloud lets only one call at a time work on it. */
  LOCKED,
  /** Has a key that is remembered before it is made. */
  KEYED,
  /** Is no resource: opens when the world says so. */
  GATE,
  /** Is no resource: opens after a while. */
  TIMER;

  boolean resource() {
    return this != GATE && this != TIMER;
  }

  boolean unique() {
    return this == NAMED || this == ONCE;
  }

  String kind() {
    return this == TIMER ? "gate-timer" : name().toLowerCase(java.util.Locale.ROOT);
  }
}
