package dev.provisioner.testkit.simulation;

import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import java.time.Duration;

/**
 * What stays the same in a world.
 *
 * @param wildness how much goes wrong: 0 for nothing, to 3
 * @param removesFirst whether the tenants are removed at the end as they are, or provisioned first
 * @param hasDurableListeners whether every engine has two
 */
record Shape(
    int nodes,
    int tenants,
    int wildness,
    boolean rollsBack,
    boolean hasDeadline,
    int maxConcurrentCalls,
    boolean removesFirst,
    boolean hasDurableListeners) {

  static Shape of(Choices choices) {
    int nodes = 1 + choices.weighted(2, 4, 2);
    int tenants = 1 + choices.weighted(6, 2, 1);
    int wildness = choices.weighted(2, 3, 4, 3);
    boolean rollsBack = choices.oneIn(4);
    boolean hasDeadline = choices.oneIn(6);
    int maxConcurrentCalls = choices.oneIn(4) ? 1 : 16;
    // One choice for both: a seed without durable listeners gives the schedule it gave before them.
    int last = choices.pick(12);
    return new Shape(
        nodes,
        tenants,
        wildness,
        rollsBack,
        hasDeadline,
        maxConcurrentCalls,
        last % 3 == 2,
        last >= 9);
  }

  Plan<Wish> plan(Steps steps) {
    Plan<Wish> plan =
        Plan.generated(World.PLAN, Wish.class, steps::of)
            .onFailure(rollsBack ? OnFailure.ROLL_BACK : OnFailure.KEEP);
    return hasDeadline ? plan.deadline(Duration.ofMinutes(5)) : plan;
  }
}
