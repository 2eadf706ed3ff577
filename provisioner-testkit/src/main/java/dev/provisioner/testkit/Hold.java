package dev.provisioner.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds a call to a {@link FakeCloud} in flight until the test lets it go.
 *
 * <p>Thread-safe. The held thread can be interrupted.
 */
public final class Hold {
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  Hold() {}

  /**
   * Waits until a call is held.
   *
   * @throws AssertionError if none is within this time
   */
  public void awaitReached(Duration atMost) throws InterruptedException {
    if (!reached.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("No call has reached the hold within " + atMost + ".");
    }
  }

  /** Lets the held call go on, and every call that reaches the hold later. Harmless twice. */
  public void release() {
    released.countDown();
  }

  void block() throws InterruptedException {
    reached.countDown();
    released.await();
  }
}
