package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.plan.Plan;
import dev.provisioner.spi.Marker;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudEffect;
import dev.provisioner.testkit.CloudResource;
import dev.provisioner.testkit.CrashingStateStore;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine on a memory store, a cloud and a clock that the test moves. Its sweeps are frequent, so
 * that what becomes due by the clock is seen to at once; timers of more than 40 ms are parked.
 */
final class Lab implements AfterEachCallback, EventListener {
  static final TenantId ACME = TenantId.of("acme");
  static final Duration LONG = Duration.ofSeconds(20);

  final SettableClock clock = SettableClock.create();
  final FakeCloud cloud = new FakeCloud();
  final MemoryStateStore memory = MemoryStateStore.create();
  final CrashingStateStore store = CrashingStateStore.around(memory);
  final List<ProvisioningEvent> events = new CopyOnWriteArrayList<>();
  private final List<ProvisioningEngine> engines = new ArrayList<>();

  /** Returns a builder with the lab's parts. */
  EngineBuilder builder(Plan<?>... plans) {
    return ProvisioningEngine.builder(store)
        .installation("test")
        .plans(plans)
        .clock(clock)
        .ticker(clock.ticker())
        .sweepInterval(Duration.ofMillis(20))
        .cancelGrace(Duration.ofMillis(100))
        .listener(this);
  }

  /** Builds an engine that is closed after the test. */
  ProvisioningEngine start(EngineBuilder builder) {
    ProvisioningEngine engine = builder.build();
    engines.add(engine);
    return engine;
  }

  /** Closes the engines so far, as a restart does, and starts one for these plans. */
  ProvisioningEngine engine(Plan<?>... plans) {
    close();
    return start(builder(plans));
  }

  void close() {
    engines.forEach(ProvisioningEngine::close);
    engines.clear();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  @Override
  public void on(ProvisioningEvent event) {
    events.add(event);
  }

  // ---- outcomes

  static Outcome ended(Run run) throws InterruptedException {
    Outcome outcome = run.await(LONG);
    assertThat(outcome).as(outcome::explain).isNotInstanceOf(Outcome.StillRunning.class);
    return outcome;
  }

  static Outcome.Succeeded succeeded(Run run) throws InterruptedException {
    Outcome outcome = ended(run);
    assertThat(outcome).as(outcome::explain).isInstanceOf(Outcome.Succeeded.class);
    return (Outcome.Succeeded) outcome;
  }

  static Outcome.Failed failed(Run run) throws InterruptedException {
    Outcome outcome = ended(run);
    assertThat(outcome).as(outcome::explain).isInstanceOf(Outcome.Failed.class);
    return (Outcome.Failed) outcome;
  }

  /** Provisions the tenant, which must succeed. */
  static Outcome.Succeeded provision(ProvisioningEngine engine, Plan<Wish> plan, Wish wish)
      throws InterruptedException {
    return succeeded(engine.provision(plan, ACME, wish));
  }

  /** Returns a text with the run's id as {@code RUN}. */
  static String text(Run run, String text) {
    return text.replace(run.id(), "RUN");
  }

  // ---- time

  /** Waits until a condition holds, without moving the clock. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      Thread.sleep(2);
    }
  }

  /** Moves the clock on, again and again, until the run has ended. */
  Outcome passTime(Run run, Duration step) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    Outcome outcome = run.await(Duration.ofMillis(50));
    while (outcome instanceof Outcome.StillRunning && System.nanoTime() < end) {
      clock.advance(step);
      outcome = run.await(Duration.ofMillis(50));
    }
    assertThat(outcome).as(outcome::explain).isNotInstanceOf(Outcome.StillRunning.class);
    return outcome;
  }

  /** Waits for an event. */
  <E extends ProvisioningEvent> E event(Class<E> type) throws InterruptedException {
    await(() -> events.stream().anyMatch(type::isInstance));
    return type.cast(events.stream().filter(type::isInstance).findFirst().orElseThrow());
  }

  // ---- the cloud

  /** Returns the one resource of a step; step names without origin suffixes. */
  CloudResource resource(String step) {
    List<CloudResource> found = resources(step);
    assertThat(found).as("resources of step " + step).hasSize(1);
    return found.get(0);
  }

  /** Returns all resources of a step. */
  List<CloudResource> resources(String step) {
    String tenant = Marker.of("test", ACME, "plan", step, "nonce").tenant();
    return cloud.ownedBy(tenant, step);
  }

  /** Returns what changed in the cloud, such as {@code CREATE a}, by the step in the marker. */
  List<String> effects() {
    return cloud.effects().stream()
        .map(effect -> effect.call().operation() + " " + step(effect))
        .toList();
  }

  private static String step(CloudEffect effect) {
    return effect.resource().owner().orElseThrow().step();
  }

  // ---- the store

  StateStore.Versioned document(String plan) {
    return memory.read(new DocumentKey("test", plan, ACME)).orElseThrow();
  }

  String json(String plan) {
    return new String(document(plan).document().content(), StandardCharsets.UTF_8);
  }
}
