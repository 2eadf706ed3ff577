package dev.provisioner.engine;

import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CrashingStateStore;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.ManualThreads;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Engines on one store and one cloud, each with a clock and threads of its own, moved by the test:
 * time passes for all alike, but a paused one does nothing meanwhile.
 */
final class Peers {
  record Wish(String size) {}

  static final TenantId ACME = TenantId.of("acme");
  private static final Duration STEP = Duration.ofMillis(100);

  final FakeCloud cloud = new FakeCloud();
  final StateStore store;
  private final List<Peer> peers = new ArrayList<>();
  private Duration passed = Duration.ZERO;

  Peers(StateStore store) {
    this.store = store;
  }

  Peers() {
    this(MemoryStateStore.create());
  }

  /** What happens within a call, before or after the cloud is asked. */
  interface Happening {
    void happen(String verb, Attempt attempt) throws Exception;
  }

  /** One engine. */
  final class Peer implements Provisioner<FakeSpec, FakeResource> {
    final SettableClock clock = SettableClock.create();
    final ManualThreads threads = ManualThreads.drivingWithinCalls(clock);
    final CrashingStateStore view = CrashingStateStore.around(store);
    final List<ProvisioningEvent> events = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final Plan<Wish> plan;
    final ProvisioningEngine engine;
    Happening before = (verb, attempt) -> {};
    boolean paused;
    int failing;
    private final FakeResources resources;
    private final boolean exclusive;

    private Peer(Duration skew, Duration callTimeout, boolean exclusive) {
      this.exclusive = exclusive;
      clock.advance(passed);
      clock.skew(skew);
      resources = FakeResources.on(cloud);
      Step<Wish, FakeResource> first =
          Step.named("first", this)
              .callTimeout(callTimeout)
              .from(tenant -> FakeSpec.of("size", tenant.input().size()));
      Step<Wish, FakeResource> second =
          Step.named("second", this).from(first, (tenant, made) -> FakeSpec.of("of", made.id()));
      plan = Plan.of("pair", Wish.class, first, second);
      engine =
          ProvisioningEngine.builder(view)
              .installation("test")
              .plans(plan)
              .clock(clock)
              .ticker(clock.ticker())
              .random(new Random(3))
              .threads(threads)
              .listener(events::add)
              .build();
    }

    Run provision(String size) {
      return engine.provision(plan, ACME, new Wish(size));
    }

    <E extends ProvisioningEvent> List<E> told(Class<E> type) {
      return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void enter(String verb, Attempt attempt) throws Exception {
      calls.add(verb + " " + attempt.step());
      before.happen(verb, attempt);
    }

    @Override
    public Kind<FakeSpec, FakeResource> kind() {
      return resources.kind();
    }

    @Override
    public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      enter("find", attempt);
      return resources.find(known, attempt);
    }

    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      enter("provision", attempt);
      return resources.provision(spec, attempt);
    }

    @Override
    public Provisioned<FakeResource> update(
        Known<FakeSpec, FakeResource> current, FakeSpec wanted, Attempt attempt) throws Exception {
      enter("update", attempt);
      return resources.update(current, wanted, attempt);
    }

    @Override
    public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      enter("deprovision", attempt);
      return resources.deprovision(known, attempt);
    }

    @Override
    public Change change(Known<FakeSpec, FakeResource> current, FakeSpec wanted) {
      return resources.change(current, wanted);
    }

    @Override
    public int maxConcurrentCalls() {
      if (failing > 0) {
        failing--;
        throw new IllegalStateException("a fault in the provisioner, as this test asked");
      }
      return resources.maxConcurrentCalls();
    }

    @Override
    public boolean excludesConcurrentCalls() {
      return exclusive;
    }
  }

  Peer join() {
    return join(Duration.ZERO, Duration.ofSeconds(15), false);
  }

  Peer join(Duration skew, Duration callTimeout, boolean exclusive) {
    Peer peer = new Peer(skew, callTimeout, exclusive);
    peers.add(peer);
    return peer;
  }

  /** Lets time pass for all, and those that are not paused work. */
  void pass(Duration time) {
    passUntil(() -> false, time);
  }

  /** Returns how long it took until a condition held, or the whole time if it never did. */
  Duration passUntil(BooleanSupplier condition, Duration atMost) {
    Duration time = Duration.ZERO;
    work();
    while (time.compareTo(atMost) < 0 && !condition.getAsBoolean()) {
      time = time.plus(STEP);
      passed = passed.plus(STEP);
      peers.forEach(peer -> peer.clock.advance(STEP));
      work();
    }
    return time;
  }

  private void work() {
    boolean more = true;
    while (more) {
      more = false;
      for (Peer peer : List.copyOf(peers)) {
        more |= !peer.paused && peer.threads.runNext();
      }
    }
  }

  DocumentKey key() {
    return new DocumentKey("test", "pair", ACME);
  }

  Optional<Document> document() {
    return store.read(key()).map(read -> DocumentFormat.read(read.document().content(), "pair"));
  }

  String revision() {
    return store.read(key()).orElseThrow().revision();
  }

  long token() {
    return document().map(Document::token).orElse(0L);
  }

  boolean ended() {
    return document().map(document -> !document.underWay()).orElse(false);
  }
}
