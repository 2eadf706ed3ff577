package dev.provisioner.benchmarks;

import dev.provisioner.engine.EngineThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps what is to be run until the one thread there is runs it, in order: what then is measured is
 * the work of the engine, without the handing over between threads. Timers never ring.
 */
final class InlineThreads implements EngineThreads {
  private final Deque<Runnable> ready = new ArrayDeque<>();

  /** Runs all there is to run, and what comes of it. */
  void run() {
    for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
      next.run();
    }
  }

  @Override
  public void drive(Runnable work) {
    ready.add(work);
  }

  @Override
  public void call(Runnable work) {
    drive(work);
  }

  @Override
  public Timer after(Duration delay, Runnable work) {
    return () -> {};
  }

  @Override
  public void close(Duration patience) {}
}
