package dev.provisioner.testkit.simulation;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Runs a world in a thread of its own, so that one which waits for ever, or goes round in circles,
 * can be left there.
 */
final class WorldThread {
  private final FutureTask<Optional<Violation>> ending;
  private final Thread thread;

  private WorldThread(Runnable world) {
    this.ending =
        new FutureTask<>(
            () -> {
              try {
                world.run();
                return Optional.empty();
              } catch (Violation e) {
                return Optional.of(e);
              }
            });
    this.thread = new Thread(ending, "simulated world");
    thread.setDaemon(true);
  }

  /**
   * Runs a world to its end.
   *
   * @param patience for how many seconds of real time; more than any world needs
   * @return what was broken in it, also that it did not end; empty if all is well
   * @throws ExecutionException with what it threw, but for a violation
   */
  static Optional<Violation> run(Runnable world, int patience)
      throws ExecutionException, InterruptedException {
    WorldThread running = new WorldThread(world);
    running.thread.start();
    try {
      return running.await(patience);
    } finally {
      running.thread.interrupt();
    }
  }

  private Optional<Violation> await(int patience) throws ExecutionException, InterruptedException {
    // Second by second: if this whole process was stopped, that is one second and no world's fault.
    for (int waited = 0; waited < patience; waited++) {
      try {
        return ending.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        // it may still end
      }
    }
    String where =
        Arrays.stream(thread.getStackTrace())
            .map(frame -> "\n  at " + frame)
            .collect(Collectors.joining());
    return Optional.of(
        new Violation(Rule.MOVES, "it did not end in " + patience + " s of real time" + where));
  }
}
