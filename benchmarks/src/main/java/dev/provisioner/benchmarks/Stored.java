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

/** An update of all ten steps of a tenant, by how many others are stored and how often it ran. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class Stored {
  static final int STEPS = 10;

  @Param({"MEMORY"})
  Workbench.Store store = Workbench.Store.MEMORY;

  @Param({"10"})
  int tenants = 10;

  @Param({"0"})
  int history;

  private Workbench workbench =
      new Workbench(store, Workbench.Shape.WIDE, STEPS, Workbench.Threads.INLINE);
  private long runs;

  @Setup(Level.Trial)
  public void open() throws InterruptedException {
    workbench.close();
    workbench = new Workbench(store, Workbench.Shape.WIDE, STEPS, Workbench.Threads.INLINE);
    workbench.copies("template", tenants);
    for (int i = 0; i < history; i++) {
      update();
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    workbench.close();
  }

  @Benchmark
  public void update() throws InterruptedException {
    workbench.provision("tenant", "size-" + runs++);
    if (history == 0) {
      workbench.forget("tenant");
    }
  }
}
