package dev.provisioner.testkit;

import java.io.IOException;

/** What befalls one call, and when. */
record Fault(Moment moment, Action action) {
  static final Fault NONE = new Fault(Moment.BEFORE, call -> {});

  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  interface Action {
    void befall(CloudCall call) throws IOException, InterruptedException;
  }

  /** Only what has parts can break off half done; for the rest, during is before. */
  Moment momentFor(CloudOperation operation) {
    boolean hasParts = operation == CloudOperation.CREATE || operation == CloudOperation.UPDATE;
    return moment == Moment.DURING && !hasParts ? Moment.BEFORE : moment;
  }
}
