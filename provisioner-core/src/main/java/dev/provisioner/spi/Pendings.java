package dev.provisioner.spi;

import java.time.Duration;

/** The limits that pending results share. */
final class Pendings {
  private static final int MAX_HANDLE = 16_384;

  private Pendings() {}

  static void check(String handle, Duration pollAfter, String waitingFor) {
    if (handle.length() > MAX_HANDLE) {
      throw new IllegalArgumentException(
          "A handle has at most " + MAX_HANDLE + " characters; this one has " + handle.length());
    }
    if (pollAfter.isNegative() || pollAfter.isZero()) {
      throw new IllegalArgumentException("pollAfter must be longer than zero: " + pollAfter);
    }
    if (waitingFor.isBlank()) {
      throw new IllegalArgumentException("waitingFor must say what is waited for.");
    }
  }
}
