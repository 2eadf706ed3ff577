package dev.provisioner.proofs.simulation;

import dev.provisioner.proofs.Arguments;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.simulation.SimulationFailure;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** {@code proofs/run simulation}: one world per thread, seed after seed. */
public final class Simulation {
  private static final int SHOWN = 3;

  private final dev.provisioner.testkit.simulation.Simulation simulation;
  private final long from;
  private final long seeds;
  private final int threads;
  private final Duration atMost;
  private final PrintStream out;
  private final AtomicLong done = new AtomicLong();
  // Guarded by this.
  private final Map<String, Long> broken = new TreeMap<>();
  private int shown;

  Simulation(long from, long seeds, int threads, Duration atMost, PrintStream out) {
    this(MemoryStateStore::create, from, seeds, threads, atMost, out);
  }

  Simulation(
      Supplier<StateStore> stores,
      long from,
      long seeds,
      int threads,
      Duration atMost,
      PrintStream out) {
    this.simulation = dev.provisioner.testkit.simulation.Simulation.on(stores);
    this.from = from;
    this.seeds = seeds;
    this.threads = threads;
    this.atMost = atMost;
    this.out = out;
  }

  /** Runs the command. */
  public static void main(String... line) throws InterruptedException {
    if (System.getProperty("proofs.log") == null) {
      System.setProperty("proofs.log", "OFF"); // engines rightly complain of what befalls them
    }
    Arguments.Values values =
        Arguments.of("simulation")
            .option("seeds", 100_000, 1, Long.MAX_VALUE, "how many worlds")
            .option("from", 1, Long.MIN_VALUE, Long.MAX_VALUE, "the first seed")
            .option("minutes", 60, 1, 100_000, "begin no world after this time")
            .option("threads", Runtime.getRuntime().availableProcessors(), 1, 1_000, "threads")
            .option("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE, "run this one and print it")
            .readOrExit(line);
    Simulation proof =
        new Simulation(
            values.get("from"),
            values.get("seeds"),
            values.count("threads"),
            Duration.ofMinutes(values.get("minutes")),
            System.out);
    boolean well = values.get("seed") == 0 ? proof.run() : proof.show(values.get("seed"));
    System.exit(well ? 0 : 1);
  }

  /** Runs one world and prints what happens in it. */
  boolean show(long seed) {
    simulation.history(seed).forEach(out::println);
    var failure = simulation.run(seed);
    failure.map(simulation::shrink).ifPresent(out::println);
    return failure.isEmpty();
  }

  /** Runs all worlds and prints what is broken. Returns whether nothing is. */
  boolean run() throws InterruptedException {
    long began = System.nanoTime();
    List<Thread> running = new ArrayList<>();
    AtomicLong next = new AtomicLong();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> work(next, began), "simulation-" + i);
      thread.start();
      running.add(thread);
    }
    for (Thread thread : running) {
      thread.join();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    synchronized (this) {
      out.printf(
          "%d worlds from seed %d in %.0f s (%.0f/s on %d threads), broken: %s%n",
          done.get(), from, seconds, done.get() / seconds, threads, broken);
      return broken.isEmpty();
    }
  }

  private void work(AtomicLong next, long began) {
    for (long place = next.getAndIncrement();
        place < seeds && System.nanoTime() - began < atMost.toNanos();
        place = next.getAndIncrement()) {
      try {
        simulation.run(from + place).ifPresent(this::add);
      } catch (RuntimeException e) {
        failed(from + place, e);
      }
      done.incrementAndGet();
    }
  }

  private void add(SimulationFailure failure) {
    if (isToBeShown(failure.rule())) {
      out.println(simulation.shrink(failure));
    }
  }

  private void failed(long seed, RuntimeException e) {
    if (isToBeShown("the simulation itself works")) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      out.println("Seed " + seed + ": " + trace);
    }
  }

  /** Counts what is broken. Returns whether it is to be printed in full: a few are, one of each. */
  private synchronized boolean isToBeShown(String rule) {
    return broken.merge(rule, 1L, Long::sum) == 1 && ++shown <= SHOWN;
  }
}
