package dev.provisioner.engine;

import dev.provisioner.event.DurableListener;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.ManualThreads;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Engines with durable listeners, one after the other, on a store, a cloud and a clock. */
final class Post {
  static final TenantId ACME = TenantId.of("acme");
  private static final Duration DAY = Duration.ofDays(1);

  final SettableClock clock = SettableClock.create();
  final FakeCloud cloud = new FakeCloud();
  final MemoryStateStore store = MemoryStateStore.create();
  private int engines;

  /** The input: how many steps, and how long a pause comes after them. */
  record Wish(int steps, Duration pause) {}

  /** One engine. */
  final class Office {
    final CrashPoints points;
    final ManualThreads threads = ManualThreads.drivingWithinCalls(clock);
    final Plan<Wish> plan;
    final ProvisioningEngine engine;

    private Office(CrashPoints points, Map<String, ? extends DurableListener> listeners) {
      this.points = points;
      Provisioner<FakeSpec, FakeResource> resources = points.provisioner(FakeResources.on(cloud));
      Provisioner<Pause, Opened> timer = Gates.timer(clock);
      this.plan = Plan.generated("plan", Wish.class, wish -> steps(wish, resources, timer));
      EngineBuilder builder =
          ProvisioningEngine.builder(points.store(store))
              .installation("test")
              .plans(plan)
              .provisioners(resources, timer)
              .clock(clock)
              .ticker(clock.ticker())
              .random(new Random(++engines))
              .threads(threads);
      listeners.forEach((name, each) -> builder.durableListener(name, points.listener(each)));
      this.engine = builder.build();
    }

    private static List<Step<Wish, ?>> steps(
        Wish wish,
        Provisioner<FakeSpec, FakeResource> resources,
        Provisioner<Pause, Opened> timer) {
      List<Step<Wish, ?>> steps = new ArrayList<>();
      for (int i = 0; i < wish.steps(); i++) {
        Step<Wish, FakeResource> step =
            Step.named("s" + i, resources).from(tenant -> FakeSpec.empty());
        steps.add(step);
      }
      if (!wish.pause().isZero()) {
        Step<Wish, Opened> pause =
            Step.named("pause", timer).from(tenant -> Pause.of(tenant.input().pause()));
        steps.add(pause);
      }
      return steps;
    }

    Run provision(int steps, Duration pause) {
      return engine.provision(plan, ACME, new Wish(steps, pause));
    }

    void until(BooleanSupplier condition) {
      threads.runUntil(condition, DAY);
    }

    TenantStatus status() {
      return engine.status(plan, ACME).orElseThrow();
    }

    /** Ends at once, as a killed process does. */
    void die() {
      points.crash();
      threads.drop();
    }

    void close() throws InterruptedException {
      engine.close(Duration.ZERO);
    }
  }

  Office open(CrashPoints points, Map<String, ? extends DurableListener> listeners) {
    return new Office(points, listeners);
  }

  Office open(Map<String, ? extends DurableListener> listeners) {
    return open(CrashPoints.none(), listeners);
  }

  Document document() {
    DocumentKey key = new DocumentKey("test", "plan", ACME);
    byte[] content = store.read(key).orElseThrow().document().content();
    return DocumentFormat.read(content, "plan");
  }

  boolean recorded() {
    return store.read(new DocumentKey("test", "plan", ACME)).isPresent();
  }

  boolean ended() {
    return recorded() && !document().underWay();
  }

  /** Whether all has been done and told. */
  boolean quiet() {
    return ended() && document().outbox().empty();
  }

  boolean due() {
    return !store.due("test", Instant.MAX, 1).isEmpty();
  }
}
