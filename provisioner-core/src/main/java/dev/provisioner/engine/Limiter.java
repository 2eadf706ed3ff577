package dev.provisioner.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Lets calls begin, first come first served, within a limit for the engine and one per provisioner.
 * A call that waits for its provisioner does not hold up those of others. Thread-safe; holds no
 * thread while calls wait.
 */
final class Limiter {
  private record Waiting(String provisioner, int limit, Runnable begin) {}

  private final int limit;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final Map<String, Integer> running = new HashMap<>();
  private int total;

  Limiter(int limit) {
    this.limit = limit;
  }

  /** Begins a call now or later. Whoever began must {@link #release} once. */
  void acquire(String provisioner, int provisionerLimit, Runnable begin) {
    synchronized (this) {
      queue.add(new Waiting(provisioner, provisionerLimit, begin));
    }
    beginWaiting();
  }

  void release(String provisioner) {
    synchronized (this) {
      total--;
      running.merge(provisioner, -1, (a, b) -> a + b == 0 ? null : a + b);
    }
    beginWaiting();
  }

  private void beginWaiting() {
    List<Runnable> begin = new ArrayList<>();
    synchronized (this) {
      Iterator<Waiting> waiting = queue.iterator();
      while (total < limit && waiting.hasNext()) {
        Waiting next = waiting.next();
        if (running.getOrDefault(next.provisioner, 0) < next.limit) {
          waiting.remove();
          total++;
          running.merge(next.provisioner, 1, Integer::sum);
          begin.add(next.begin);
        }
      }
    }
    begin.forEach(Runnable::run);
  }
}
