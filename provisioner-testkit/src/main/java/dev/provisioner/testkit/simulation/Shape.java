package dev.provisioner.testkit.simulation;

import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import java.time.Duration;

/**
 * What stays the same in a world.
 *
 * @param wildness how much goes wrong: 0 for nothing, to 3
 * @param removesFirst whether the tenants are removed at the end as they are, or provisioned first
 */
record Shape(
    int nodes,
    int tenants,
    int wildness,
    boolean rollsBack,
    boolean hasDeadline,
    int maxConcurrentCalls,
    boolean removesFirst) {

  static Shape of(Choices choices) {
    return new Shape(
        1 + choices.weighted(2, 4, 2),
        1 + choices.weighted(6, 2, 1),
        choices.weighted(2, 3, 4, 3),
        choices.oneIn(4),
        choices.oneIn(6),
        choices.oneIn(4) ? 1 : 16,
        choices.oneIn(3));
  }

  Plan<Wish> plan(Steps steps) {
    Plan<Wish> plan =
        Plan.generated(World.PLAN, Wish.class, steps::of)
            .onFailure(rollsBack ? OnFailure.ROLL_BACK : OnFailure.KEEP);
    return hasDeadline ? plan.deadline(Duration.ofMinutes(5)) : plan;
  }
}
