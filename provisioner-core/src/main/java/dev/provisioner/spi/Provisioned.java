package dev.provisioner.spi;

import java.time.Duration;
import java.util.Objects;

/** What came of a call that makes or changes a resource. */
public sealed interface Provisioned<O> {

  /** It is made. */
  record Done<O>(O output) implements Provisioned<O> {
    /** Refuses a missing output. */
    public Done {
      Objects.requireNonNull(output, "output");
    }
  }

  /**
   * It was begun and goes on in the backend. The engine records the handle, lets the thread go and
   * calls {@link Provisioner#poll} when the time has come, in this process or another.
   *
   * @param handle what {@code poll} needs to ask again, at most 16,384 characters; not secret
   * @param pollAfter when to ask again; longer than zero
   * @param waitingFor what is waited for, for people
   */
  record Pending<O>(String handle, Duration pollAfter, String waitingFor)
      implements Provisioned<O> {
    /** Checks the ranges. */
    public Pending {
      Pendings.check(handle, pollAfter, waitingFor);
    }
  }

  /** Returns that it is made. */
  static <O> Provisioned<O> done(O output) {
    return new Done<>(output);
  }

  /** Returns that it was begun and goes on in the backend. */
  static <O> Provisioned<O> pending(String handle, Duration pollAfter, String waitingFor) {
    return new Pending<>(handle, pollAfter, waitingFor);
  }
}
