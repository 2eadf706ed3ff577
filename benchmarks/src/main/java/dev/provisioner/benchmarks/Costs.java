package dev.provisioner.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks and prints what they say about the goals. Figures of one run compare with
 * each other; those of two runs, or of two machines, do not.
 */
public final class Costs {
  private static final String USAGE =
      """
      benchmarks/run [--quick]      all benchmarks, and what they say about the goals
                                    --quick: short iterations and small numbers, for a first look
      benchmarks/run --jmh [...]    JMH itself, with its own options
      """;

  private final boolean quick;
  private final List<String> verdicts = new ArrayList<>();

  private Costs(boolean quick) {
    this.quick = quick;
  }

  public static void main(String[] arguments) throws RunnerException {
    List<String> all = Arrays.asList(arguments);
    if (!List.of("--quick").containsAll(all)) {
      (all.contains("--help") ? System.out : System.err).print(USAGE);
      System.exit(all.contains("--help") ? 0 : 2);
    }
    Costs costs = new Costs(all.contains("--quick"));
    costs.steps();
    costs.stored();
    costs.files();
    System.out.println("\nGoals");
    costs.verdicts.forEach(System.out::println);
  }

  // ---- steps

  private void steps() throws RunnerException {
    System.out.println("\nOne run for a new tenant, per step. INLINE: the engine's work in one");
    System.out.println("thread; POOLS: as in a host, with the handing over between threads.\n");
    System.out.printf(
        "%-8s %-7s %-6s %6s %12s %14s%n",
        "store", "threads", "shape", "steps", "us/step", "B/step");
    Map<String, Double> costs = new LinkedHashMap<>();
    for (String store : List.of("NONE", "MEMORY", "FILE")) {
      for (String threads : List.of("INLINE", "POOLS")) {
        for (String shape : List.of("WIDE", "CHAIN")) {
          for (int steps : List.of(10, 100, 1_000)) {
            if (!worthIt(store, threads, shape, steps)) {
              continue;
            }
            Measured measured =
                run(
                    StepCost.class,
                    "store",
                    store,
                    "threads",
                    threads,
                    "shape",
                    shape,
                    "steps",
                    steps);
            double perStep = measured.micros() / steps;
            System.out.printf(
                "%-8s %-7s %-6s %6d %12.1f %14.0f%n",
                store, threads, shape, steps, perStep, measured.bytes() / steps);
            costs.put(String.join(" ", store, threads, shape) + " " + steps, perStep);
          }
        }
      }
    }
    double ten = costs.getOrDefault("NONE INLINE WIDE 10", 0.0);
    goal("engine without a store, a step of 10", ten, "us", 20);
    ratio(costs, "NONE INLINE WIDE 100", "NONE INLINE WIDE 10", 1.2);
    ratio(costs, "NONE INLINE WIDE 1000", "NONE INLINE WIDE 10", 3);
    report(costs, "NONE INLINE CHAIN 100", "NONE INLINE CHAIN 10");
    report(costs, "NONE INLINE CHAIN 1000", "NONE INLINE CHAIN 10");
  }

  /** The disk's own time, and a second run of the same work, say nothing more. */
  private boolean worthIt(String store, String threads, String shape, int steps) {
    boolean file = store.equals("FILE");
    return !(file && (threads.equals("INLINE") || steps == 1_000))
        && !(store.equals("MEMORY") && steps == 1_000 && shape.equals("CHAIN"))
        && !(quick && steps == 1_000 && shape.equals("CHAIN"));
  }

  // ---- tenants and history

  private void stored() throws RunnerException {
    System.out.println("\nAn update of ten steps, by what is stored already.\n");
    System.out.printf("%-8s %10s %10s %12s%n", "store", "tenants", "history", "us/step");
    double few = stored("MEMORY", 10, 0);
    double many = stored("MEMORY", quick ? 10_000 : 100_000, 0);
    double none = stored("MEMORY", 10, 1);
    double long_ = stored("MEMORY", 10, 1_000);
    double fewFiles = stored("FILE", 10, 0);
    double manyFiles = stored("FILE", quick ? 1_000 : 100_000, 0);
    goal("memory store, many tenants : 10", many / few, "x", 1.2);
    goal("memory store, 1000 runs before : 1", long_ / none, "x", 1.2);
    goal("file store, many tenants : 10", manyFiles / fewFiles, "x", 1.2);
  }

  private double stored(String store, int tenants, int history) throws RunnerException {
    Measured measured = run(Stored.class, "store", store, "tenants", tenants, "history", history);
    double perStep = measured.micros() / Stored.STEPS;
    System.out.printf("%-8s %10d %10d %12.1f%n", store, tenants, history, perStep);
    return perStep;
  }

  // ---- the disk

  private void files() throws RunnerException {
    double raw = run(RawSync.class).micros();
    double store = run(StoreWrite.class).micros();
    System.out.printf(
        "%nA replaced file that survives a power failure: %.0f us; a document in the file store:"
            + " %.0f us%n",
        raw, store);
    goal("a write of the file store : two fsyncs and a rename", store / raw, "x", 1.5);
  }

  // ---- goals

  private void ratio(Map<String, Double> costs, String of, String to, double limit) {
    goal(of + " : " + to, costs.getOrDefault(of, 0.0) / costs.getOrDefault(to, 1.0), "x", limit);
  }

  private void goal(String what, double measured, String unit, double limit) {
    verdicts.add(
        "  %-6s %-62s %8.2f %-2s  (at most %.1f)"
            .formatted(measured <= limit ? "met" : "MISSED", what, measured, unit, limit));
  }

  private void report(Map<String, Double> costs, String of, String to) {
    if (costs.containsKey(of)) {
      verdicts.add(
          "  %-6s %-62s %8.2f x"
              .formatted("", of + " : " + to, costs.get(of) / costs.getOrDefault(to, 1.0)));
    }
  }

  // ---- JMH

  private record Measured(double micros, double bytes) {}

  /**
   * Runs a benchmark.
   *
   * @param parameters names and values, in turn
   */
  private Measured run(Class<?> benchmark, Object... parameters) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\b" + benchmark.getSimpleName() + "\\.")
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    for (int i = 0; i < parameters.length; i += 2) {
      options.param(parameters[i].toString(), parameters[i + 1].toString());
    }
    if (quick) {
      options
          .warmupIterations(2)
          .warmupTime(TimeValue.seconds(1))
          .measurementIterations(2)
          .measurementTime(TimeValue.seconds(1));
    }
    RunResult result = new Runner(options.build()).run().iterator().next();
    Result<?> allocated =
        Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"));
    return new Measured(result.getPrimaryResult().getScore(), allocated.getScore());
  }
}
