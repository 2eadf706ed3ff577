package dev.provisioner.benchmarks.postgresql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long it takes from before a submission to the first call of what was submitted: one at a time
 * on an idle queue, and at half of the rate that as many clients as there are reach.
 */
final class Latency {
  private static final int CLIENTS = 32;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final long PAUSE_MILLIS = 10;

  private final Map<String, CompletableFuture<Long>> starts = new ConcurrentHashMap<>();

  private Latency() {}

  /** What is measured. */
  interface Subject extends AutoCloseable {
    /** Submits; returns when that is durable. */
    void submit(String id) throws Exception;
  }

  /** Opens what is measured, which tells the ids of what begins. */
  interface Opening {
    Subject open(Database database, Consumer<String> begun) throws Exception;
  }

  static Contest.Trial of(Opening opening, int oneByOne, Duration window) {
    return database -> {
      Latency latency = new Latency();
      try (Subject subject = opening.open(database, latency::begun)) {
        latency.idle(subject, "w", oneByOne / 5);
        Map<String, Double> figures = new LinkedHashMap<>();
        add(figures, "idle", latency.idle(subject, "i", oneByOne));
        double rate =
            Clients.perSecond(
                CLIENTS,
                window.dividedBy(3),
                window,
                number -> latency.once(subject, "c" + number));
        Thread.sleep(QUIET.toMillis());
        add(figures, "half load", latency.loaded(subject, rate / 2, window.multipliedBy(2)));
        figures.put("(full load, runs a second)", rate);
        Thread.sleep(QUIET.toMillis()); // what was begun ends
        return figures;
      }
    };
  }

  private static void add(Map<String, Double> figures, String name, List<Double> latencies) {
    List<Double> sorted = latencies.stream().sorted().toList();
    figures.put(name + " p50", sorted.get(sorted.size() / 2));
    figures.put(name + " p99", sorted.get((int) (sorted.size() * 0.99)));
  }

  private void begun(String id) {
    CompletableFuture<Long> start = starts.get(id);
    if (start != null) {
      start.complete(System.nanoTime());
    }
  }

  private List<Double> idle(Subject subject, String prefix, int count) throws Exception {
    List<Double> latencies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      latencies.add(once(subject, prefix + i));
      Thread.sleep(PAUSE_MILLIS); // what was begun ends
    }
    return latencies;
  }

  private double once(Subject subject, String id) throws Exception {
    return from(System.nanoTime(), subject, id);
  }

  /** Returns the milliseconds from a time to the beginning of what is submitted now. */
  private double from(long time, Subject subject, String id) throws Exception {
    CompletableFuture<Long> start = new CompletableFuture<>();
    starts.put(id, start);
    subject.submit(id);
    long begun = start.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    starts.remove(id);
    return (begun - time) / 1e6;
  }

  /** Submits at a steady rate, whether or not what came before has begun. */
  private List<Double> loaded(Subject subject, double rate, Duration window) throws Exception {
    ScheduledExecutorService clients = Executors.newScheduledThreadPool(4 * CLIENTS);
    try {
      long begin = System.nanoTime();
      List<Future<Double>> all = new ArrayList<>();
      int count = (int) Math.max(100, rate * window.toSeconds());
      for (int i = 0; i < count; i++) {
        String id = "l" + i;
        long at = (long) (i * 1e9 / rate);
        all.add(
            clients.schedule(
                () -> from(begin + at, subject, id),
                begin + at - System.nanoTime(),
                TimeUnit.NANOSECONDS));
      }
      List<Double> latencies = new ArrayList<>();
      for (Future<Double> each : all) {
        latencies.add(each.get());
      }
      return latencies;
    } finally {
      clients.shutdownNow();
    }
  }
}
