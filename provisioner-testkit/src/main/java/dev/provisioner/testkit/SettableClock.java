package dev.provisioner.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * A clock that stands still until a test moves it: a wall clock and a monotonic ticker that advance
 * together, as they do on a machine. {@link #skew} moves the wall clock alone, as an administrator
 * or a time server does; code that measures durations must not notice.
 *
 * <p>Thread-safe.
 */
public final class SettableClock implements InstantSource {
  // Guarded by this.
  private Instant now;
  private long nanos;

  private SettableClock(Instant now) {
    this.now = Objects.requireNonNull(now, "now");
  }

  /** Returns a clock that shows this time; its ticker begins at a number that means nothing. */
  public static SettableClock at(Instant now) {
    return new SettableClock(now);
  }

  /** Returns a clock that shows 2026-01-01T00:00:00Z. */
  public static SettableClock create() {
    return at(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Returns what stands for {@code System::nanoTime}: nanoseconds since some moment. */
  public LongSupplier ticker() {
    return this::nanos;
  }

  private synchronized long nanos() {
    return nanos;
  }

  /**
   * Lets time pass, on both clocks.
   *
   * @param time not negative
   */
  public synchronized void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(
          "Time does not run backwards: " + time + ". Use skew to set the wall clock back.");
    }
    now = now.plus(time);
    nanos += time.toNanos();
  }

  /** Moves the wall clock alone, backwards if negative. */
  public synchronized void skew(Duration by) {
    now = now.plus(by);
  }

  @Override
  public synchronized String toString() {
    return "SettableClock[" + now + ", " + nanos + " ns]";
  }
}
