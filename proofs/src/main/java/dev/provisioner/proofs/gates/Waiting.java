package dev.provisioner.proofs.gates;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.gate.Answer;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.CountingStore;
import dev.provisioner.proofs.Meters;
import dev.provisioner.spi.Kind;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Many tenants that wait at a gate on one store, and what that costs. Used once. */
final class Waiting {
  private static final String INSTALLATION = "gates";
  private static final Duration EVERY = Duration.ofMinutes(30);
  private static final int CALLS = 8;

  /** Four that drive, one that keeps time, and those that call: some more than may at a time. */
  private static final int THREADS_AT_MOST = 4 + 1 + 2 * CALLS;

  private static final int BYTES_AT_MOST = 100;
  private static final int ENGINE_BYTES_AT_MOST = 256 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  record Wish(String region) {}

  record Signature(String contract) {}

  record Signed(String contract) {}

  private final CountingStore store;
  private final int tenants;

  /** Five past, so that what is due within the half hour is in the file store's hour under way. */
  private final SettableClock clock =
      SettableClock.at(Instant.now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(5)));

  private final List<String> broken = new ArrayList<>();
  private final Plan<Wish> plan = plan();
  private volatile boolean open;

  Waiting(CountingStore store, int tenants) {
    this.store = store;
    this.tenants = tenants;
  }

  /** Measures and tells; returns what is not as promised. */
  List<String> measure(Duration watched) throws Exception {
    long before = Meters.heapBytes();
    long withEngine;
    try (ProvisioningEngine engine = engine()) {
      park(engine);
      withEngine = Meters.heapBytes();
      watch(watched);
      sweeps(engine);
      threads();
    }
    long storeAlone = Meters.heapBytes();
    tell("the store", "%,d bytes of heap each", (storeAlone - before) / tenants);
    long each = (withEngine - storeAlone) / tenants;
    tell("the engine", "%,d bytes of heap each", each);
    require(
        withEngine - storeAlone <= (long) tenants * BYTES_AT_MOST + ENGINE_BYTES_AT_MOST,
        "The engine holds " + each + " bytes for each that waits.");
    openAll();
    return broken;
  }

  private Plan<Wish> plan() {
    Step<Wish, Signed> contract =
        Step.named(
                "contract",
                dev.provisioner.gate.Gates.polling(
                    Kind.of("signature", Signature.class, Signed.class),
                    EVERY,
                    (spec, attempt) ->
                        open
                            ? Answer.open(new Signed(spec.contract()))
                            : Answer.notYet("a signature")))
            .from(tenant -> new Signature("for " + tenant.id() + " in " + tenant.input().region()));
    return Plan.of("onboarding", Wish.class, contract);
  }

  private ProvisioningEngine engine() {
    return ProvisioningEngine.builder(store)
        .installation(INSTALLATION)
        .plans(plan)
        .clock(clock)
        .maxConcurrentCalls(CALLS)
        .build();
  }

  private void park(ProvisioningEngine engine) throws InterruptedException {
    long began = System.nanoTime();
    for (int i = 0; i < tenants; i++) {
      engine.provision(plan, TenantId.of("tenant-" + i), new Wish("eu-west-1"));
    }
    Instant parked = clock.instant().plus(EVERY.dividedBy(2));
    await(
        "wait at the gate",
        each -> each.summary().dueAt() != null && each.summary().dueAt().isAfter(parked));
    tell("parked", "%,d tenants, %,.0f a second", tenants, tenants / seconds(began));
    Thread.sleep(3_000); // idle threads end after a second
  }

  private void watch(Duration watched) throws InterruptedException {
    CountingStore.Counts counts = store.counts();
    Duration cpu = Meters.cpu();
    Thread.sleep(watched.toMillis()); // what is measured is a time
    double minutes = watched.toMillis() / 60_000.0;
    CountingStore.Counts asked = store.counts().since(counts);
    tell(
        "while waiting",
        "%,.0f reads, %,.0f writes, %,.0f searches a minute; %.2f %% of a core",
        asked.reads() / minutes,
        asked.writes() / minutes,
        asked.searches() / minutes,
        100.0 * Meters.cpu().minus(cpu).toMillis() / watched.toMillis());
    require(asked.reads() + asked.writes() == 0, "Tenants that wait are read or written.");
  }

  private void sweeps(ProvisioningEngine engine) {
    List<Long> nanos = new ArrayList<>();
    while (nanos.size() < 21) {
      long searches = store.counts().searches();
      long began = System.nanoTime();
      require(engine.sweep() == 0, "A sweep has gone on with a tenant that waits.");
      long took = System.nanoTime() - began;
      if (store.counts().searches() > searches) { // else the engine's own was under way
        nanos.add(took);
      }
    }
    Collections.sort(nanos);
    tell("a sweep", "%.3f ms (median)", nanos.get(nanos.size() / 2) / 1e6);
  }

  private void threads() {
    Map<String, Integer> threads = Meters.engineThreads();
    tell("threads", "%s", threads);
    int sum = threads.values().stream().mapToInt(Integer::intValue).sum();
    require(sum <= THREADS_AT_MOST, "The engine has " + sum + " threads.");
  }

  private void openAll() throws InterruptedException {
    open = true;
    clock.advance(EVERY);
    long began = System.nanoTime();
    try (ProvisioningEngine engine = engine()) {
      await("have ended", each -> each.summary().run() == RunStatus.SUCCEEDED);
      tell("opened", "all ended, %,.0f a second, after a restart", tenants / seconds(began));
      require(
          engine.status(plan, TenantId.of("tenant-0")).orElseThrow().runStatus()
              == RunStatus.SUCCEEDED,
          "The first tenant has not succeeded.");
    }
  }

  private void await(String what, Predicate<Listed> reached) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long there = count(reached);
    while (there < tenants) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("Only " + there + " of " + tenants + " " + what + ".");
      }
      Thread.sleep(200);
      there = count(reached);
    }
  }

  private long count(Predicate<Listed> reached) {
    long count = 0;
    String cursor = null;
    do {
      StateStore.Page page = store.list(StateStore.Query.all(INSTALLATION), cursor, 10_000);
      count += page.documents().stream().filter(reached).count();
      cursor = page.next();
    } while (cursor != null);
    return count;
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  private static void tell(String what, String format, Object... values) {
    System.out.printf("  %-14s " + format + "%n", prepend(what, values));
  }

  private static Object[] prepend(String what, Object... values) {
    List<Object> all = new ArrayList<>(List.of(values));
    all.add(0, what);
    return all.toArray();
  }
}
