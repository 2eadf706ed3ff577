package dev.provisioner.benchmarks.postgresql;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what has been done of a known number of things. Thread-safe. */
final class Drain {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final AtomicLong done = new AtomicLong();

  void one() {
    done.incrementAndGet();
  }

  /**
   * Returns how many were done a second, between the first part of them, which is the warm-up, and
   * the last but few: those who have nothing left to do are not measured.
   */
  double perSecond(int all) throws InterruptedException {
    int from = all / 5;
    int to = all - all / 20;
    await(from);
    long begun = System.nanoTime();
    long atBegin = done.get();
    await(to);
    double rate = (done.get() - atBegin) * 1e9 / (System.nanoTime() - begun);
    await(all);
    return rate;
  }

  private void await(long count) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (done.get() < count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "Only " + done.get() + " of " + count + " were done within " + PATIENCE + ".");
      }
      TimeUnit.MICROSECONDS.sleep(500);
    }
  }
}
