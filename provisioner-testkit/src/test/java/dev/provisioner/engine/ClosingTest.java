package dev.provisioner.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.ProvisioningException;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Parking, closing, and calls that do not end; on real threads. */
final class ClosingTest {
  record Wish(String size) {}

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final TenantId ACME = TenantId.of("acme");

  private final FakeCloud cloud = new FakeCloud();
  private final StateStore store = MemoryStateStore.create();
  private final AtomicInteger stuckCalls = new AtomicInteger();
  private final CountDownLatch unstick = new CountDownLatch(1);

  private Plan<Wish> plan(Duration pause) {
    Step<Wish, Opened> gate = Step.named("gate", Gates.timer()).from(tenant -> Pause.of(pause));
    Step<Wish, FakeResource> thing =
        Step.named("thing", FakeResources.on(cloud))
            .<Wish, Opened>from(gate, (tenant, open) -> FakeSpec.of("size", tenant.input().size()));
    return Plan.of("slow", Wish.class, gate, thing);
  }

  private static EngineBuilder settings(StateStore on, Plan<?> plan) {
    return ProvisioningEngine.builder(on)
        .installation("test")
        .plans(plan)
        .sweepInterval(Duration.ofMillis(20))
        .cancelGrace(Duration.ofMillis(50));
  }

  private Document document() {
    DocumentKey key = new DocumentKey("test", "slow", ACME);
    return DocumentFormat.read(store.read(key).orElseThrow().document().content(), "slow");
  }

  private static void eventually(java.util.function.BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void aWaitingRunIsHeldByNobodyAndAnyEngineGoesOnWithIt() throws Exception {
    Plan<Wish> one = plan(Duration.ofMillis(700));
    Plan<Wish> two = plan(Duration.ofMillis(700));
    ProvisioningEngine first = settings(store, one).build();
    try (ProvisioningEngine second = settings(store, two).build()) {
      first.provision(one, ACME, new Wish("s"));
      eventually(() -> document().lease() == null);
      assertThat(document().underWay()).isTrue();
      assertThat(first.close(Duration.ofSeconds(5))).isEmpty();
      Run run = second.run(two, ACME).orElseThrow();
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(cloud.effects()).hasSize(1);
  }

  @Test
  void closingLetsACallEndReleasesTheLeaseAndTellsWhatIsLeft() throws Exception {
    Plan<Wish> one = plan(Duration.ofMillis(1));
    ProvisioningEngine first = settings(store, one).build();
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    first.provision(one, ACME, new Wish("s"));
    hold.awaitReached(LONG);
    CompletableFuture<List<TenantId>> closing =
        CompletableFuture.supplyAsync(() -> close(first, LONG));
    eventually(() -> refuses(first, one));
    hold.release();
    closing.get(20, TimeUnit.SECONDS);

    assertThat(document().lease()).isNull();
    assertThat(cloud.effects()).hasSize(1);
    Plan<Wish> two = plan(Duration.ofMillis(1));
    try (ProvisioningEngine second = settings(store, two).build()) {
      Run run = second.provision(two, ACME, new Wish("s"));
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(cloud.effects()).hasSize(1);
  }

  @Test
  void closingTwiceIsHarmlessAndNothingBeginsAfterwards() throws Exception {
    Plan<Wish> one = plan(Duration.ofMillis(1));
    ProvisioningEngine engine = settings(store, one).build();
    assertThat(engine.close(LONG)).isEmpty();
    assertThat(engine.close(LONG)).isEmpty();
    assertThatThrownBy(() -> engine.provision(one, ACME, new Wish("s")))
        .isInstanceOf(ProvisioningException.class)
        .hasMessageContaining("The engine is closed.");
  }

  @Test
  void aCallThatListensIsToldToGiveUpWhenPatienceEnds() throws Exception {
    Plan<Wish> one = plan(Duration.ofMillis(1));
    ProvisioningEngine first = settings(store, one).build();
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    first.provision(one, ACME, new Wish("s"));
    hold.awaitReached(LONG);
    assertThat(first.close(Duration.ofMillis(50))).containsExactly(ACME);
    assertThat(document().lease()).isNull();
    assertThat(document().underWay()).isTrue();

    Plan<Wish> two = plan(Duration.ofMillis(1));
    try (ProvisioningEngine second = settings(store, two).build()) {
      Run run = second.run(two, ACME).orElseThrow();
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(cloud.existing()).hasSize(1);
  }

  /** A call that ignores everything until it is let go, the first time. */
  private Plan<Wish> deaf(int concurrent, Retry retry) {
    FakeResources resources =
        FakeResources.builder(cloud)
            .id("deaf")
            .callTimeout(Duration.ofMillis(100))
            .maxConcurrentCalls(concurrent)
            .build();
    Step<Wish, FakeResource> thing =
        Step.named("thing", new DeafOnce(resources, stuckCalls, unstick))
            .retry(retry)
            .from(tenant -> FakeSpec.of("size", tenant.input().size()));
    return Plan.of("slow", Wish.class, thing);
  }

  private static final Retry QUICK =
      Retry.atMost(3).backoff(Duration.ofMillis(1), Duration.ofMillis(2));

  @Test
  void aStuckCallIsGivenUpAndItsLateAnswerIgnored() throws Exception {
    Plan<Wish> plan = deaf(8, QUICK);
    try (ProvisioningEngine engine = settings(store, plan).build()) {
      Run run = engine.provision(plan, ACME, new Wish("s"));
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
      String id = engine.output(plan, ACME, step(plan)).orElseThrow().id();
      byte[] before = store.read(key()).orElseThrow().document().content();
      unstick.countDown();
      eventually(() -> stuckCalls.get() == 2);
      Thread.sleep(50);
      assertThat(store.read(key()).orElseThrow().document().content()).isEqualTo(before);
      assertThat(cloud.existing()).hasSize(1);
      assertThat(engine.output(plan, ACME, step(plan)).orElseThrow().id()).isEqualTo(id);
    }
  }

  @Test
  void theStuckCallKeepsItsPermitUntilItEnds() throws Exception {
    Plan<Wish> plan = deaf(1, QUICK);
    try (ProvisioningEngine engine = settings(store, plan).build()) {
      Run run = engine.provision(plan, ACME, new Wish("s"));
      eventually(
          () -> requireNonNull(document().run()).tasks().values().iterator().next().retries() > 0);
      Thread.sleep(100);
      assertThat(run.outcome()).isInstanceOf(Outcome.StillRunning.class);
      assertThat(cloud.existing()).isEmpty();
      unstick.countDown();
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    }
    assertThat(cloud.effects()).hasSize(1);
  }

  @Test
  void closingGivesAStuckCallUpAndReleasesItsLease() throws Exception {
    Plan<Wish> plan = deaf(8, QUICK);
    ProvisioningEngine first = settings(store, plan).cancelGrace(Duration.ofMillis(100)).build();
    first.provision(plan, ACME, new Wish("s"));
    eventually(() -> stuckCalls.get() == 1);
    assertThat(first.close(Duration.ZERO)).containsExactly(ACME);
    assertThat(document().lease()).isNull();
    Plan<Wish> again = deaf(8, QUICK);
    try (ProvisioningEngine second = settings(store, again).build()) {
      Run run = second.run(again, ACME).orElseThrow();
      assertThat(run.await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    }
    unstick.countDown();
    eventually(() -> stuckCalls.get() == 2);
    assertThat(cloud.existing()).hasSize(1);
  }

  @Test
  void anInterruptedCloseClosesAllTheSame() throws Exception {
    long before = engineThreads();
    Plan<Wish> plan = deaf(8, QUICK);
    ProvisioningEngine engine = settings(store, plan).build();
    engine.provision(plan, ACME, new Wish("s"));
    eventually(() -> stuckCalls.get() == 1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> engine.close(LONG)).isInstanceOf(InterruptedException.class);
    eventually(() -> engineThreads() <= before);
    unstick.countDown();
  }

  private static long engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("provisioner-driver"))
        .count();
  }

  private DocumentKey key() {
    return new DocumentKey("test", "slow", ACME);
  }

  @SuppressWarnings("unchecked") // the plan has one step
  private static Step<Wish, FakeResource> step(Plan<Wish> plan) {
    return (Step<Wish, FakeResource>) plan.fixedSteps().get(0);
  }

  private static boolean refuses(ProvisioningEngine engine, Plan<Wish> plan) {
    try {
      engine.provision(plan, ACME, new Wish("s"));
      return false;
    } catch (ProvisioningException e) {
      return true;
    }
  }

  private static List<TenantId> close(ProvisioningEngine engine, Duration patience) {
    try {
      return engine.close(patience);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
