package dev.provisioner.plan;

import dev.provisioner.internal.Identifiers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named description of what a tenant needs. Its steps form a directed acyclic graph by what they
 * read.
 *
 * <p>Immutable and thread-safe.
 *
 * @param <I> the type of the input a host gives for each tenant; a record that can be written as
 *     JSON
 */
public final class Plan<I> {
  private final String name;
  private final Class<I> input;
  private final List<PlanPart<I>> fixed;
  private final @Nullable Function<? super I, ? extends List<? extends PlanPart<I>>> generator;
  private final long version;
  private final OnFailure onFailure;
  private final @Nullable Duration deadline;

  private Plan(
      String name,
      Class<I> input,
      List<PlanPart<I>> fixed,
      @Nullable Function<? super I, ? extends List<? extends PlanPart<I>>> generator,
      long version,
      OnFailure onFailure,
      @Nullable Duration deadline) {
    this.name = Identifiers.requirePlan(name);
    this.input = Objects.requireNonNull(input, "input");
    this.fixed = fixed;
    this.generator = generator;
    this.version = version;
    this.onFailure = onFailure;
    this.deadline = deadline;
  }

  /**
   * Returns a plan of these parts.
   *
   * @param name recorded with every tenant; lower-case letters, digits and hyphens, at most 63
   * @throws IllegalArgumentException if two steps have the same name, or a step reads a step that
   *     is not in the plan
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <I> Plan<I> of(String name, Class<I> input, PlanPart<I>... parts) {
    return of(name, input, List.of(parts));
  }

  /**
   * Returns a plan of these parts, however many; else like {@link #of(String, Class, PlanPart[])}.
   */
  public static <I> Plan<I> of(String name, Class<I> input, List<? extends PlanPart<I>> parts) {
    List<PlanPart<I>> all = List.copyOf(parts);
    Plan<I> plan = new Plan<>(name, input, all, null, 1, OnFailure.KEEP, null);
    if (plan.isFixed()) {
      plan.ordered(plan.fixedSteps());
    }
    return plan;
  }

  /**
   * Returns a plan whose parts depend on the input. Provisioned again with another input, steps
   * that are new are made, steps that are gone are removed, the others stay. The function is pure.
   */
  public static <I> Plan<I> generated(
      String name,
      Class<I> input,
      Function<? super I, ? extends List<? extends PlanPart<I>>> parts) {
    Objects.requireNonNull(parts, "parts");
    return new Plan<>(name, input, List.of(), parts, 1, OnFailure.KEEP, null);
  }

  /**
   * Returns this plan with a version. Raise it whenever steps change: a node with an older version
   * never touches a tenant that a newer one has provisioned.
   *
   * @param number 1 or more; default 1
   */
  public Plan<I> version(long number) {
    if (number < 1) {
      throw new IllegalArgumentException("A plan's version is 1 or more, not " + number + ".");
    }
    return new Plan<>(name, input, fixed, generator, number, onFailure, deadline);
  }

  /** Returns this plan with what a run does when a step fails. Default: {@link OnFailure#KEEP}. */
  public Plan<I> onFailure(OnFailure policy) {
    Objects.requireNonNull(policy, "policy");
    return new Plan<>(name, input, fixed, generator, version, policy, deadline);
  }

  /**
   * Returns this plan with a limit for each run, from its start, crashes and waiting included.
   * Default: none.
   *
   * @param limit longer than zero
   */
  public Plan<I> deadline(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("A run's deadline must be longer than zero: " + limit);
    }
    return new Plan<>(name, input, fixed, generator, version, onFailure, limit);
  }

  /**
   * Returns this plan as a part of another.
   *
   * @param prefix precedes its steps' names: {@code prefix/step}
   * @param view gives this plan's input from the other's; pure
   */
  public <P> Included<P, I> within(String prefix, Function<? super P, ? extends I> view) {
    return new Included<>(this, prefix, view);
  }

  /** Returns the plan's name. */
  public String name() {
    return name;
  }

  /** Returns the type of the input. */
  public Class<I> input() {
    return input;
  }

  /** Returns the plan's version. */
  public long version() {
    return version;
  }

  /** Returns what a run does when a step fails that does not say so itself. */
  public OnFailure onFailure() {
    return onFailure;
  }

  /** Returns the limit for each run, if there is one. */
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /**
   * Returns the steps for an input, each after those it depends on.
   *
   * @throws IllegalArgumentException if two steps have the same name, or a step reads a step that
   *     is not in the plan
   */
  public List<Step<I, ?>> steps(I in) {
    List<Step<I, ?>> all = new ArrayList<>();
    for (PlanPart<I> part : generator == null ? fixed : generator.apply(in)) {
      all.addAll(part.steps(in));
    }
    return ordered(all);
  }

  /** Returns the steps the plan has for every input, as far as that is known without one. */
  public List<Step<I, ?>> fixedSteps() {
    return fixed.stream().flatMap(part -> part.fixedSteps().stream()).toList();
  }

  boolean isFixed() {
    return generator == null
        && fixed.stream()
            .allMatch(part -> !(part instanceof Included<?, ?> included) || included.isFixed());
  }

  private List<Step<I, ?>> ordered(List<Step<I, ?>> steps) {
    requireDistinctNames(steps);
    Set<Step<I, ?>> members = Collections.newSetFromMap(new IdentityHashMap<>());
    members.addAll(steps);
    List<Step<I, ?>> ordered = new ArrayList<>();
    Set<Step<I, ?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Step<I, ?>> done = Collections.newSetFromMap(new IdentityHashMap<>());
    // With a stack of its own: a generated plan may be a chain longer than the thread's is deep.
    Deque<Step<I, ?>> open = new ArrayDeque<>();
    for (Step<I, ?> step : steps) {
      open.push(step);
      while (!open.isEmpty()) {
        Step<I, ?> next = open.pop();
        if (seen.add(next)) {
          requireMembers(next, members);
          open.push(next);
          List<Step<I, ?>> dependencies = next.dependencies();
          for (int i = dependencies.size() - 1; i >= 0; i--) {
            if (!seen.contains(dependencies.get(i))) {
              open.push(dependencies.get(i));
            }
          }
        } else if (done.add(next)) {
          ordered.add(next);
        }
      }
    }
    return List.copyOf(ordered);
  }

  private void requireMembers(Step<I, ?> step, Set<Step<I, ?>> members) {
    for (Step<I, ?> dependency : step.dependencies()) {
      if (!members.contains(dependency)) {
        throw new IllegalArgumentException(
            "Plan '"
                + name
                + "': step '"
                + step.name()
                + "' depends on step '"
                + dependency.name()
                + "', which is not in the plan. Add that very object: onlyIf() and after() return"
                + " another step.");
      }
    }
  }

  private void requireDistinctNames(List<Step<I, ?>> steps) {
    Map<String, String> owners = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Step<I, ?> step : steps) {
      if (!names.add(step.name())) {
        throw new IllegalArgumentException(
            "Plan '" + name + "' has two steps named '" + step.name() + "'. Rename one.");
      }
    }
    for (Step<I, ?> step : steps) {
      for (String former : step.formerly()) {
        String other = names.contains(former) ? former : owners.put(former, step.name());
        if (other != null && !other.equals(step.name())) {
          throw new IllegalArgumentException(
              "Plan '"
                  + name
                  + "': step '"
                  + step.name()
                  + "' says it was formerly '"
                  + former
                  + "', and so does or is step '"
                  + other
                  + "'. A resource can go to one step only.");
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Plan[" + name + " version " + version + "]";
  }
}
