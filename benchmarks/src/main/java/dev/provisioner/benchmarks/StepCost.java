package dev.provisioner.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One run for a new tenant, by store, by shape and size of the plan. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class StepCost {
  @Param({"NONE", "MEMORY", "FILE"})
  Workbench.Store store = Workbench.Store.NONE;

  @Param({"WIDE", "CHAIN"})
  Workbench.Shape shape = Workbench.Shape.WIDE;

  @Param({"10", "100", "1000"})
  int steps = 10;

  @Param({"INLINE", "POOLS"})
  Workbench.Threads threads = Workbench.Threads.INLINE;

  private Workbench workbench = new Workbench(store, shape, 1, threads);
  private long tenants;

  @Setup(Level.Trial)
  public void open() {
    workbench.close();
    workbench = new Workbench(store, shape, steps, threads);
  }

  @TearDown(Level.Trial)
  public void close() {
    workbench.close();
  }

  @Benchmark
  public void provision() throws InterruptedException {
    String tenant = "tenant-" + tenants++;
    workbench.provision(tenant, "small");
    if (store != Workbench.Store.FILE) {
      workbench.forget(tenant);
    }
  }
}
