package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.Run;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of a world: nothing goes wrong any more, and so everything must come to rest; then every
 * tenant is brought to what it wished last, and taken away.
 */
final class Ending {
  private static final Duration PATIENCE = Duration.ofHours(2);

  private final World world;
  private final Callers callers;
  private final boolean removesFirst;

  Ending(World world, Callers callers, boolean removesFirst) {
    this.world = world;
    this.callers = callers;
    this.removesFirst = removesFirst;
  }

  void run() {
    world.calm();
    world.settle(PATIENCE);
    world.model().requireAllAcceptedRan();
    free();
    for (TenantId tenant : callers.tenants()) {
      if (!removesFirst) {
        provision(tenant);
      }
      remove(tenant);
    }
  }

  /** Takes away what others have put in the way, and what was kept and is ours no more. */
  private void free() {
    for (Thing thing : world.cloud().all()) {
      if (thing.planted() || world.model().things().released(thing)) {
        world.cloud().lose(thing);
      }
    }
  }

  private Node node() {
    return world.nodes().get(0);
  }

  private void provision(TenantId tenant) {
    Wish wish = world.model().lastWish(tenant);
    if (wish == null) {
      return;
    }
    if (world.model().doc(tenant).lifecycle().equals("RETAINED")) {
      purge(tenant);
    }
    succeed("provision", callers.provision(node(), tenant, wish, false));
    int changes = world.model().things().changes();
    succeed("provision again", callers.provision(node(), tenant, wish, false));
    world
        .model()
        .require(
            Rule.IDEMPOTENT,
            world.model().things().changes() == changes,
            "the cloud was changed when ",
            tenant,
            " was provisioned again");
  }

  private void remove(TenantId tenant) {
    String lifecycle = world.model().doc(tenant).lifecycle();
    if (world.model().doc(tenant).run().isEmpty() || lifecycle.equals("PURGED")) {
      return;
    }
    if (!lifecycle.equals("RETAINED")) {
      succeed("deprovision", callers.deprovision(node(), tenant, Duration.ofDays(1)));
    }
    purge(tenant);
  }

  private void purge(TenantId tenant) {
    succeed(
        "purge",
        callers.run(node(), "purges " + tenant, () -> node().engine.purge(node().plan, tenant)));
  }

  private void succeed(String what, @Nullable Run run) {
    if (run == null) {
      throw world.model().broken(Rule.ENDS, "the last ", what, " was refused");
    }
    world.settle(PATIENCE);
    Outcome outcome = run.outcome();
    world
        .model()
        .require(
            Rule.ENDS,
            outcome instanceof Outcome.Succeeded,
            "the last ",
            what,
            " did not succeed: ",
            outcome.explain());
  }
}
