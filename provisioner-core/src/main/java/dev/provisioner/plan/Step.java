package dev.provisioner.plan;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.spi.OutputView;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One thing a tenant needs, and the typed key by which other steps read what came of it. Reading a
 * step is how a dependency is declared, so it cannot be forgotten, misspelt or cyclic.
 *
 * <p>Immutable and thread-safe; two steps are the same only if they are the same object. Declare a
 * step with its type, not with {@code var}: {@code Step<Signup, Bucket> bucket = Step.named(…)}.
 *
 * @param <I> the type of the plan's input
 * @param <O> the type of the step's output
 */
public final class Step<I, O> implements PlanPart<I> {
  private final StepBuilder.Definition definition;
  private final List<Step<I, ?>> reads;
  private final List<Step<I, ?>> after;
  private final List<Predicate<Tenant<I>>> conditions;
  private final Specs.Raw<I> spec;

  Step(
      StepBuilder.Definition definition,
      List<Step<I, ?>> reads,
      List<Step<I, ?>> after,
      List<Predicate<Tenant<I>>> conditions,
      Specs.Raw<I> spec) {
    this.definition = definition;
    this.reads = List.copyOf(reads);
    this.after = List.copyOf(after);
    this.conditions = List.copyOf(conditions);
    this.spec = spec;
  }

  /**
   * Begins a step.
   *
   * @param name unique in the plan; lower-case letters, digits and hyphens, at most 63. Recorded
   *     with the resource: to rename a step see {@link StepBuilder#formerly}.
   */
  @SuppressWarnings("unchecked") // the engine passes only this provisioner's own specs and outputs
  public static <S, O> StepBuilder<S, O> named(String name, Provisioner<S, O> provisioner) {
    return new StepBuilder<>(
        StepBuilder.Definition.of(
            name, (Provisioner<Object, Object>) provisioner, Function.identity()));
  }

  /** Begins a step whose output is read through a view. */
  @SuppressWarnings("unchecked") // as above; the view is given only this provisioner's outputs
  public static <S, R, O> StepBuilder<S, O> named(String name, OutputView<S, R, O> view) {
    return new StepBuilder<>(
        StepBuilder.Definition.of(
            name,
            (Provisioner<Object, Object>) (Provisioner<?, ?>) view.provisioner(),
            (Function<Object, Object>) (Function<?, ?>) view.view()));
  }

  /** Returns this step, to begin only when the given steps are done, without reading them. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Step<I, O> after(Step<I, ?>... steps) {
    List<Step<I, ?>> all = new ArrayList<>(after);
    all.addAll(List.of(steps));
    return new Step<>(definition, reads, all, conditions, spec);
  }

  /**
   * Returns this step, wanted only by tenants that fulfil a condition. A step that reads a step
   * which is not wanted is not wanted either; what a step made before is removed when it is not
   * wanted any more. The condition is pure.
   */
  public Step<I, O> onlyIf(Predicate<Tenant<I>> condition) {
    List<Predicate<Tenant<I>>> all = new ArrayList<>(conditions);
    all.add(condition);
    return new Step<>(definition, reads, after, all, spec);
  }

  /** Returns the step's name. */
  public String name() {
    return definition.name();
  }

  /** Returns the provisioner that does the work. */
  public Provisioner<?, ?> provisioner() {
    return definition.provisioner();
  }

  /** Returns the steps whose outputs the spec reads, in the order it reads them. */
  public List<Step<I, ?>> reads() {
    return reads;
  }

  /** Returns all steps this one comes after: those it reads and those it only follows. */
  public List<Step<I, ?>> dependencies() {
    List<Step<I, ?>> all = new ArrayList<>(reads);
    after.stream().filter(step -> !all.contains(step)).forEach(all::add);
    return all;
  }

  /** Returns the names the step had in earlier versions of the plan. */
  public List<String> formerly() {
    return definition.formerly();
  }

  /** Returns how often the step is tried. */
  public Retry retry() {
    return definition.retry();
  }

  /** Returns how long the step may take in a run, if limited. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(definition.timeout());
  }

  /** Returns how long one call may take, if the step says so. */
  public Optional<Duration> callTimeout() {
    return Optional.ofNullable(definition.callTimeout());
  }

  /** Returns what the run does when this step fails, if the step says so. */
  public Optional<OnFailure> onFailure() {
    return Optional.ofNullable(definition.onFailure());
  }

  /** Returns what happens to the resource when the tenant leaves. */
  public OnDeprovision onDeprovision() {
    return definition.onDeprovision();
  }

  /** Returns whether a tenant wants this step, its dependencies apart. */
  public boolean wantedBy(Tenant<I> tenant) {
    return conditions.stream().allMatch(condition -> condition.test(tenant));
  }

  /**
   * Computes the spec.
   *
   * @param read the outputs of {@link #reads()}, in that order
   */
  public Object spec(Tenant<I> tenant, List<Object> read) {
    return spec.apply(tenant, read);
  }

  /** Reads the provisioner's output as this step's output type. */
  @SuppressWarnings("unchecked") // the view gives the declared type
  public O view(Object provisionerOutput) {
    return (O) definition.view().apply(provisionerOutput);
  }

  @Override
  public List<Step<I, ?>> steps(I input) {
    return List.of(this);
  }

  @Override
  public List<Step<I, ?>> fixedSteps() {
    return List.of(this);
  }

  <P> Step<P, O> lift(
      String prefix,
      Function<? super P, ? extends I> inner,
      Function<Step<I, ?>, Step<P, ?>> lifted) {
    String path = Identifiers.requireStepPath(prefix + "/" + name());
    List<String> former = formerly().stream().map(old -> prefix + "/" + old).toList();
    return new Step<>(
        definition.name(path).formerly(former),
        reads.stream().<Step<P, ?>>map(lifted).toList(),
        after.stream().<Step<P, ?>>map(lifted).toList(),
        List.of(tenant -> wantedBy(tenant.within(prefix, inner))),
        (tenant, read) -> spec.apply(tenant.within(prefix, inner), read));
  }

  @Override
  public String toString() {
    return "Step[" + name() + "]";
  }
}
