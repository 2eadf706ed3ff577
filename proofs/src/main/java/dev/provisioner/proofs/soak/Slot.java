package dev.provisioner.proofs.soak;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.soak.Things.Ending;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One tenant after another, each brought through its life at random. After each run what stands is
 * compared with what should. For one thread at a time.
 */
final class Slot {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  record Wish(String value, Ending ending) {}

  private enum State {
    GONE,
    ACTIVE,
    BROKEN,
    RETAINED
  }

  private final ProvisioningEngine engine;
  private final Things things;
  private final Plan<Wish> plan;
  private final Random random;
  private final String name;
  private TenantId tenant;
  private State state = State.GONE;
  private Wish stands = new Wish("", Ending.GOOD);
  private String lastRun = "";
  private int tenants;
  private int values;

  Slot(ProvisioningEngine engine, Things things, Plan<Wish> plan, String name, long seed) {
    this.engine = engine;
    this.things = things;
    this.plan = plan;
    this.random = new Random(seed);
    this.name = name;
    this.tenant = TenantId.of(name);
  }

  static Plan<Wish> plan(Things things, OnFailure onFailure) {
    Retry retry = Retry.atMost(30).backoff(Duration.ofMillis(1), Duration.ofMillis(5));
    Step<Wish, Things.Thing> one =
        Step.named("one", things)
            .retry(retry)
            .from(t -> new Things.Spec(t.input().value(), Ending.GOOD));
    Step<Wish, Things.Thing> two =
        Step.named("two", things)
            .retry(retry)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(one, (t, o) -> new Things.Spec(o.value(), Ending.GOOD));
    Step<Wish, Things.Thing> three =
        Step.named("three", things)
            .retry(retry)
            .from(two, (t, o) -> new Things.Spec(o.value(), t.input().ending()));
    String named = onFailure == OnFailure.KEEP ? "keeps" : "rolls-back";
    return Plan.of(named, Wish.class, one, two, three).onFailure(onFailure);
  }

  /** Makes one run more, and checks it. */
  void run() throws InterruptedException {
    int chance = random.nextInt(100);
    switch (state) {
      case GONE -> {
        if (chance < 50) {
          tenant = TenantId.of(name + "-" + ++tenants);
        }
        provision();
      }
      case ACTIVE -> {
        if (chance < 55) {
          provision();
        } else if (chance < 70) {
          fail();
        } else if (chance < 82) {
          cancel();
        } else {
          deprovision();
        }
      }
      case BROKEN -> {
        if (chance < 80) {
          provision();
        } else {
          deprovision();
        }
      }
      case RETAINED -> purge();
    }
  }

  private void provision() throws InterruptedException {
    stands = wish(Ending.GOOD);
    ended(engine.provision(plan, tenant, stands), Outcome.Succeeded.class);
    state = State.ACTIVE;
    requireStands("one", "two", "three");
    if (random.nextInt(10) == 0) {
      Run same = engine.provision(plan, tenant, stands);
      require(same.id().equals(lastRun), "the same request again has begun another run");
    }
  }

  private void fail() throws InterruptedException {
    Wish wish = wish(Ending.FAILS);
    Outcome outcome = ended(engine.provision(plan, tenant, wish), Outcome.Failed.class);
    if (plan.onFailure() == OnFailure.ROLL_BACK) {
      require(((Outcome.Failed) outcome).rolledBack(), "it was not rolled back");
      requireStands("one", "two", "three");
    } else {
      stands = wish;
      state = State.BROKEN;
      requireStands("one", "two");
    }
  }

  private void cancel() throws InterruptedException {
    stands = wish(Ending.HANGS);
    Run run = engine.provision(plan, tenant, stands);
    run.await(Duration.ofMillis(random.nextInt(30)));
    run.cancel();
    ended(run, Outcome.Cancelled.class);
    state = State.BROKEN;
  }

  private void deprovision() throws InterruptedException {
    ended(engine.deprovision(plan, tenant, Duration.ofDays(1)), Outcome.Succeeded.class);
    state = State.RETAINED;
    require(things.value(tenant, plan.name(), "one").isEmpty(), "step one was not removed");
  }

  private void purge() throws InterruptedException {
    ended(engine.purge(plan, tenant), Outcome.Succeeded.class);
    state = State.GONE;
    for (String step : List.of("one", "two", "three")) {
      require(things.value(tenant, plan.name(), step).isEmpty(), "step " + step + " is left");
    }
  }

  private Wish wish(Ending ending) {
    return new Wish("value-" + ++values, ending);
  }

  private Outcome ended(Run run, Class<? extends Outcome> expected) throws InterruptedException {
    Outcome outcome = run.await(PATIENCE);
    require(expected.isInstance(outcome), "it ended as " + outcome + ": " + outcome.explain());
    require(!run.id().equals(lastRun), "no run was begun");
    lastRun = run.id();
    return outcome;
  }

  private void requireStands(String... steps) {
    for (String step : steps) {
      Optional<String> there = things.value(tenant, plan.name(), step);
      require(
          there.equals(Optional.of(stands.value())),
          "step " + step + " stands as " + there + " and should as " + stands.value());
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(tenant + " of " + plan.name() + ": " + otherwise);
    }
  }
}
