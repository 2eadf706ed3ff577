package dev.provisioner.benchmarks;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One write of the file store, to be held against {@link RawSync}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class StoreWrite {
  private final DocumentKey key = new DocumentKey("benchmark", "plan", TenantId.of("tenant"));
  private final StateDocument document =
      new StateDocument(
          new byte[4_000],
          new Summary(
              Summary.Lifecycle.ACTIVE,
              Summary.RunStatus.RUNNING,
              1,
              Instant.parse("2030-01-01T00:00:00Z"),
              Instant.EPOCH));
  private @Nullable String revision;
  private Workbench workbench = workbench();

  private static Workbench workbench() {
    return new Workbench(Workbench.Store.FILE, Workbench.Shape.WIDE, 1, Workbench.Threads.INLINE);
  }

  @Setup(Level.Trial)
  public void open() {
    workbench.close();
    workbench = workbench();
    revision = null;
  }

  @TearDown(Level.Trial)
  public void close() {
    workbench.close();
  }

  @Benchmark
  public void replace() {
    revision = workbench.store.write(key, revision, document).orElseThrow();
  }
}
