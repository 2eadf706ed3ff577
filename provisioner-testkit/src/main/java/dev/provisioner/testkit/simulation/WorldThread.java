package dev.provisioner.testkit.simulation;

import java.time.Duration;
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
   * @param patience in whole seconds of real time: how long nothing may happen in it; sixty times
   *     that it may take in all
   * @return what was broken in it, also that it did not end; empty if all is well
   * @throws ExecutionException with what it threw, but for a violation
   */
  static Optional<Violation> run(Runnable world, History history, Duration patience)
      throws ExecutionException, InterruptedException {
    WorldThread running = new WorldThread(world);
    running.thread.start();
    try {
      return running.await(history, patience.toSeconds());
    } finally {
      running.thread.interrupt();
    }
  }

  private Optional<Violation> await(History history, long patience)
      throws ExecutionException, InterruptedException {
    // Seconds are counted: if this whole process was stopped meanwhile, that is one of them.
    long told = history.told();
    long still = 0;
    for (long waited = 0; still < patience && waited < 60 * patience; waited++) {
      try {
        return ending.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        still = history.told() == told ? still + 1 : 0;
        told = history.told();
      }
    }
    String where =
        Arrays.stream(thread.getStackTrace())
            .map(frame -> "\n  at " + frame)
            .collect(Collectors.joining());
    return Optional.of(new Violation(Rule.MOVES, "it does not end; its thread is" + where));
  }
}
