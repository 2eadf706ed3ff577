package dev.provisioner.plan;

import java.util.List;

/**
 * What a plan is made of: a step, or another plan {@linkplain Plan#within included} in it.
 *
 * @param <I> the type of the plan's input
 */
public sealed interface PlanPart<I> permits Step, Included {

  /** Returns the steps this part has for an input. */
  List<Step<I, ?>> steps(I input);

  /** Returns the steps this part has for every input, as far as that is known without one. */
  List<Step<I, ?>> fixedSteps();
}
