package dev.provisioner.proofs.gates;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * A clock that runs, and can be set forward. It begins five minutes past the hour, so that what is
 * due within the half hour is always in the file store's hour under way. Thread-safe.
 */
final class ShiftedClock implements InstantSource {
  private final long startedNanos = System.nanoTime();
  private volatile Instant start =
      Instant.now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(5));

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startedNanos);
  }

  void setForward(Duration by) {
    start = start.plus(by);
  }
}
