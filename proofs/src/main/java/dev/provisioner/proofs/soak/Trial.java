package dev.provisioner.proofs.soak;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.proofs.Meters;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Page;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.Summary;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.tenant.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One engine on one store that is kept busy, and measured now and then while it rests. */
final class Trial {
  private static final String INSTALLATION = "soak";
  private static final int HOSTS = 8;

  private final StateStore store;
  private final @Nullable Path directory;
  private final int tenants;
  private final long seed;
  private final List<Sample> samples = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();

  /**
   * A trial on a store.
   *
   * @param directory of a file store, or null for one in memory
   */
  Trial(StateStore store, @Nullable Path directory, int tenants, long seed) {
    this.store = store;
    this.directory = directory;
    this.tenants = tenants;
    this.seed = seed;
  }

  /** Makes so many runs, with so many samples. Returns what grows. */
  List<String> run(long runs, int sampled) throws Exception {
    Things things = new Things();
    Plan<Slot.Wish> keeps = Slot.plan(things, OnFailure.KEEP);
    Plan<Slot.Wish> rollsBack = Slot.plan(things, OnFailure.ROLL_BACK);
    ExecutorService hosts = Executors.newFixedThreadPool(HOSTS);
    System.out.println(Sample.HEAD);
    try (ProvisioningEngine engine = engine(keeps, rollsBack)) {
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < tenants; i++) {
        slots.add(new Slot(engine, things, i % 2 == 0 ? keeps : rollsBack, "t" + i, seed + i));
      }
      for (int i = 1; i <= sampled; i++) {
        long part = runs * i / sampled - runs * (i - 1) / sampled;
        double seconds = make(part, slots, hosts);
        samples.add(sample(runs * i / sampled, part / seconds));
        System.out.println(samples.get(i - 1).line());
      }
    } finally {
      hosts.shutdownNow();
    }
    tellTombstones();
    judge();
    return broken;
  }

  private ProvisioningEngine engine(Plan<?>... plans) {
    return ProvisioningEngine.builder(store)
        .installation(INSTALLATION)
        .plans(plans)
        .sweepInterval(Duration.ofMillis(100))
        .build();
  }

  private static double make(long runs, List<Slot> slots, ExecutorService hosts) throws Exception {
    long began = System.nanoTime();
    List<Future<?>> done = new ArrayList<>();
    for (int host = 0; host < HOSTS; host++) {
      long share = runs * (host + 1) / HOSTS - runs * host / HOSTS;
      int first = host;
      done.add(
          hosts.submit(
              () -> {
                int own = (slots.size() - first + HOSTS - 1) / HOSTS;
                for (long i = 0; i < share; i++) {
                  slots.get(first + HOSTS * (int) (i % own)).run();
                }
                return null;
              }));
    }
    for (Future<?> each : done) {
      each.get();
    }
    return (System.nanoTime() - began) / 1e9;
  }

  private Sample sample(long runs, double perSecond) {
    List<Listed> documents = documents();
    long tombstones =
        documents.stream().filter(each -> each.summary().lifecycle() == Lifecycle.PURGED).count();
    long all = documents.size();
    long stored = directory == null ? stored(documents) : 0;
    documents = List.of();
    return new Sample(
        runs,
        perSecond,
        Meters.heapBytes() - stored,
        stored,
        Thread.getAllStackTraces().size(),
        Meters.openFiles(),
        all,
        tombstones,
        directory == null ? 0 : Meters.size(directory).files() - all);
  }

  /** Returns what a memory store of these documents takes of the heap, by making another. */
  private long stored(List<Listed> documents) {
    long before = Meters.heapBytes();
    try (MemoryStateStore copy = MemoryStateStore.create()) {
      for (Listed each : documents) {
        StateDocument document = store.read(each.key()).orElseThrow().document();
        copy.write(copy(each.key()), null, copy(document));
      }
      return Meters.heapBytes() - before;
    }
  }

  private static DocumentKey copy(DocumentKey key) {
    return new DocumentKey(
        key.installation(),
        key.plan(),
        TenantId.of(String.valueOf(key.tenant().value().toCharArray())));
  }

  private static StateDocument copy(StateDocument document) {
    Summary summary = document.summary();
    return new StateDocument(
        document.content().clone(),
        new Summary(
            summary.lifecycle(),
            summary.run(),
            summary.planVersion(),
            summary.dueAt(),
            summary.updatedAt().plusNanos(1)));
  }

  private List<Listed> documents() {
    List<Listed> documents = new ArrayList<>();
    String cursor = null;
    do {
      Page page = store.list(Query.all(INSTALLATION), cursor, 10_000);
      documents.addAll(page.documents());
      cursor = page.next();
    } while (cursor != null);
    return documents;
  }

  private void tellTombstones() {
    long bytes = 0;
    long count = 0;
    for (Listed each : documents()) {
      if (each.summary().lifecycle() == Lifecycle.PURGED) {
        bytes += store.read(each.key()).orElseThrow().document().content().length;
        count++;
      }
    }
    System.out.printf(
        "%,d tombstones of %,d bytes each on average%s%n",
        count, bytes / Math.max(1, count), directory == null ? "" : ", in one file each");
  }

  private void judge() {
    long heap = Sample.median(samples, Sample::heap);
    judge("The heap has grown by %,d bytes.", Sample::heap, 512 * 1024 + heap / 20);
    judge("There are %d threads more.", Sample::threads, 10);
    judge("There are %d open files more.", Sample::openFiles, 5);
    judge("There are %d files more in the store.", Sample::files, 20);
  }

  private void judge(String what, ToLongFunction<Sample> value, long tolerated) {
    long growth = Sample.growth(samples, value);
    if (growth > tolerated) {
      broken.add(what.formatted(growth) + " Tolerated are " + tolerated + ".");
    }
  }
}
