package dev.provisioner.benchmarks;

import dev.provisioner.engine.EngineThreads;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.plan.StepBuilder;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An engine on a store, with a plan of a given size and shape. */
public final class Workbench implements AutoCloseable {
  /** What the tenant wants; another size changes every step. */
  record Wish(String region, String size) {}

  /** Where documents go. */
  public enum Store {
    /** Nowhere: what is left is the engine. */
    NONE,
    /** {@link MemoryStateStore}. */
    MEMORY,
    /** {@link FileStateStore}, with its fsyncs. */
    FILE
  }

  /** How the steps depend on each other. */
  public enum Shape {
    /** Not at all. */
    WIDE,
    /** Each reads the output of the one before it. */
    CHAIN
  }

  /** Who runs what. */
  public enum Threads {
    /** The calling thread runs everything: the engine's work alone. */
    INLINE,
    /** The engine's own threads, as in a host. */
    POOLS
  }

  private static final String INSTALLATION = "benchmark";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final StateStore store;
  private final Plan<Wish> plan;
  private final ProvisioningEngine engine;
  private final @Nullable Path directory;
  private final @Nullable InlineThreads inline;
  private volatile @Nullable RunStatus ended;

  Workbench(Store kind, Shape shape, int steps, Threads threads) {
    directory = kind == Store.FILE ? directory() : null;
    store =
        switch (kind) {
          case NONE -> new LastDocumentStore();
          case MEMORY -> MemoryStateStore.create();
          case FILE -> FileStateStore.open(Objects.requireNonNull(directory));
        };
    plan = plan(shape, steps);
    inline = threads == Threads.INLINE ? new InlineThreads() : null;
    engine =
        ProvisioningEngine.builder(store)
            .installation(INSTALLATION)
            .plans(plan)
            .listener(this::heard)
            .maxDocumentBytes(64_000_000)
            .threads(inline == null ? EngineThreads.ofDefaults() : inline)
            .build();
  }

  private static Plan<Wish> plan(Shape shape, int steps) {
    Things things = new Things();
    List<Step<Wish, ?>> all = new ArrayList<>();
    @Nullable Step<Wish, Things.Made> before = null;
    for (int i = 0; i < steps; i++) {
      StepBuilder<Things.Spec, Things.Made> named = Step.named("step-%04d".formatted(i), things);
      Step<Wish, Things.Made> step =
          before == null
              ? named.from((Tenant<Wish> tenant) -> spec(tenant, ""))
              : named.from(before, (tenant, made) -> spec(tenant, made.id()));
      before = shape == Shape.CHAIN ? step : null;
      all.add(step);
    }
    return Plan.of("benchmark", Wish.class, all);
  }

  private static Things.Spec spec(Tenant<Wish> tenant, String after) {
    return new Things.Spec(tenant.input().region(), tenant.input().size(), true, after);
  }

  /** Provisions a tenant and waits for it. */
  void provision(String tenant, String size) throws InterruptedException {
    Run run = engine.provision(plan, TenantId.of(tenant), new Wish("eu-west-1", size));
    if (inline != null) {
      inline.run();
      require(ended == RunStatus.SUCCEEDED, "the run did not succeed: " + ended);
      ended = null;
    } else {
      Outcome outcome = run.await(PATIENCE);
      require(outcome instanceof Outcome.Succeeded, outcome.explain());
    }
  }

  /** Hears how the run ended, so that nobody need ask the store. */
  private void heard(ProvisioningEvent event) {
    if (event instanceof ProvisioningEvent.RunEnded end) {
      ended = end.status();
    }
  }

  private static void require(boolean met, String otherwise) {
    if (!met) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Provisions one tenant and stores as many more like it. */
  void copies(String template, int count) throws InterruptedException {
    provision(template, "small");
    StateDocument document = store.read(key(template)).orElseThrow().document();
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> store.write(key(template + "-" + i), null, document));
  }

  private DocumentKey key(String tenant) {
    return new DocumentKey(INSTALLATION, plan.name(), TenantId.of(tenant));
  }

  /** Forgets a tenant, so that a store in memory does not grow. */
  void forget(String tenant) {
    DocumentKey key = key(tenant);
    store.read(key).ifPresent(there -> store.write(key, there.revision(), null));
  }

  @Override
  public void close() {
    engine.close();
    store.close();
    if (directory != null) {
      delete(directory);
    }
  }

  static Path directory() {
    try {
      return Files.createTempDirectory("provisioner-benchmark");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
