package dev.provisioner.spi;

import java.time.Duration;

/** What came of a call that removes a resource. */
public sealed interface Removed {

  /** It is gone. */
  record Gone() implements Removed {}

  /**
   * Its removal was begun and goes on in the backend; the engine calls {@link
   * Provisioner#pollRemoval} when the time has come.
   *
   * @param handle what {@code pollRemoval} needs to ask again, at most 16,384 characters; not
   *     secret
   * @param pollAfter when to ask again; longer than zero
   * @param waitingFor what is waited for, for people
   */
  record Pending(String handle, Duration pollAfter, String waitingFor) implements Removed {
    /** Checks the ranges. */
    public Pending {
      Pendings.check(handle, pollAfter, waitingFor);
    }
  }

  /** Returns that it is gone. */
  static Removed gone() {
    return new Gone();
  }

  /** Returns that its removal was begun and goes on in the backend. */
  static Removed pending(String handle, Duration pollAfter, String waitingFor) {
    return new Pending(handle, pollAfter, waitingFor);
  }
}
