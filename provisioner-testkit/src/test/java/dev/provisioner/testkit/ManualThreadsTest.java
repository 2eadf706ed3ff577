package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManualThreadsTest {
  private static final TenantId ACME = TenantId.of("acme");

  record Wish(String size) {}

  record Thing(String size) {}

  /** Remembers something with each look. */
  private static final class Remembering implements Provisioner<Wish, Thing> {
    @Override
    public Kind<Wish, Thing> kind() {
      return Kind.of("remembering", Wish.class, Thing.class);
    }

    @Override
    public Found<Thing> find(Known<Wish, Thing> known, Attempt attempt) {
      attempt.remember("key", "value");
      return Found.absent();
    }

    @Override
    public Provisioned<Thing> provision(Wish spec, Attempt attempt) {
      return Provisioned.done(new Thing(spec.size()));
    }

    @Override
    public Change change(Known<Wish, Thing> current, Wish wanted) {
      return Change.replace("its size");
    }

    @Override
    public Removed deprovision(Known<Wish, Thing> known, Attempt attempt) {
      return Removed.gone();
    }
  }

  @Test
  void engineWorkThatIsReadyRunsBeforeACallThatMayWaitForIt() {
    SettableClock clock = SettableClock.create();
    ManualThreads threads = ManualThreads.drivingWithinCalls(clock);
    List<String> ran = new ArrayList<>();
    threads.call(() -> ran.add("call"));
    threads.drive(() -> ran.add("drive"));
    threads.after(Duration.ZERO, () -> ran.add("timer"));
    threads.runReady();
    assertThat(ran).containsExactly("drive", "timer", "call");
  }

  @Test
  void aCallRemembersAlsoWhenTheEngineHadWorkAlready() {
    SettableClock clock = SettableClock.create();
    ManualThreads threads = ManualThreads.drivingWithinCalls(clock);
    Step<Wish, Thing> step =
        Step.named("step", new Remembering())
            .retry(Retry.never())
            .from(tenant -> new Wish(tenant.input().size()));
    Plan<Wish> plan = Plan.of("plan", Wish.class, step);
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(MemoryStateStore.create())
            .installation("test")
            .plans(plan)
            .clock(clock)
            .ticker(clock.ticker())
            .threads(threads)
            .build()) {
      Run first = engine.provision(plan, ACME, new Wish("s"));
      Run queued =
          engine.provision(
              plan,
              ACME,
              new Wish("m"),
              ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE));
      threads.runUntil(
          () -> !(queued.outcome() instanceof Outcome.StillRunning), Duration.ofMinutes(5));
      assertThat(first.outcome()).isInstanceOf(Outcome.Succeeded.class);
      assertThat(queued.outcome()).isInstanceOf(Outcome.Succeeded.class);
    }
  }
}
