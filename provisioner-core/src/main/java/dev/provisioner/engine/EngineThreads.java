package dev.provisioner.engine;

import java.time.Duration;

/**
 * The threads an engine works with. The default is {@link #ofDefaults()}; a test or a simulation
 * gives its own, and then decides what runs when.
 */
public interface EngineThreads extends AutoCloseable {

  /** Runs a short piece of engine work, which reads and writes the store, soon. */
  void drive(Runnable work);

  /** Runs a call to a provisioner, soon; it may take long. The engine limits how many there are. */
  void call(Runnable work);

  /** Runs a short piece of work after a time. */
  Timer after(Duration delay, Runnable work);

  /** Waits at most this long for running work to end, then gives up on it. */
  void close(Duration patience) throws InterruptedException;

  @Override
  default void close() throws InterruptedException {
    close(Duration.ZERO);
  }

  /** Returns daemon threads: a few for the engine's own work, one per call under way. */
  static EngineThreads ofDefaults() {
    return new DefaultThreads();
  }

  /** Work that was put off. */
  interface Timer {
    /** Takes the work back if it has not begun. Doing so twice is harmless. */
    void cancel();
  }
}
