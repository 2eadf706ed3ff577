package dev.provisioner.plan;

import dev.provisioner.internal.Identifiers;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * A plan inside another plan. Its steps are named {@code prefix/step} and derive names of their
 * own, so a plan may be included twice under different prefixes.
 *
 * <p>Immutable and thread-safe.
 *
 * @param <I> the type of the including plan's input
 * @param <J> the type of the included plan's input
 */
public final class Included<I, J> implements PlanPart<I> {
  private final Plan<J> plan;
  private final String prefix;
  private final Function<? super I, ? extends J> view;
  // Weak on both sides: a lifted step refers to its inner one.
  private final Map<Step<J, ?>, WeakReference<Step<I, ?>>> lifted = new WeakHashMap<>();

  Included(Plan<J> plan, String prefix, Function<? super I, ? extends J> view) {
    this.plan = plan;
    this.prefix = Identifiers.requireStep(prefix);
    this.view = Objects.requireNonNull(view, "view");
  }

  /**
   * Returns a step of the included plan as the including plan's steps read it.
   *
   * @throws IllegalArgumentException if it is not a step of the included plan
   */
  public <O> Step<I, O> step(Step<J, O> inner) {
    if (plan.fixedSteps().stream().noneMatch(step -> step == inner)) {
      throw new IllegalArgumentException(
          "Step '" + inner.name() + "' is not a step of plan '" + plan.name() + "'.");
    }
    return lift(inner);
  }

  @Override
  public List<Step<I, ?>> steps(I input) {
    J inner = Objects.requireNonNull(view.apply(input), "the view's result");
    List<Step<I, ?>> steps = new ArrayList<>();
    for (Step<J, ?> step : plan.steps(inner)) {
      steps.add(lift(step));
    }
    return steps;
  }

  boolean isFixed() {
    return plan.isFixed();
  }

  @Override
  public List<Step<I, ?>> fixedSteps() {
    List<Step<I, ?>> steps = new ArrayList<>();
    plan.fixedSteps().forEach(step -> steps.add(lift(step)));
    return steps;
  }

  @SuppressWarnings("unchecked") // lift keeps the output's type
  private <O> Step<I, O> lift(Step<J, O> inner) {
    synchronized (lifted) {
      WeakReference<Step<I, ?>> reference = lifted.get(inner);
      Step<I, ?> known = reference == null ? null : reference.get();
      if (known == null) {
        known = inner.lift(prefix, view, this::lift);
        lifted.put(inner, new WeakReference<>(known));
      }
      return (Step<I, O>) known;
    }
  }
}
