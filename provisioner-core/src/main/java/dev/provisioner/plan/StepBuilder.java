package dev.provisioner.plan;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A step before it is known what its spec is computed from. Immutable: each option returns another
 * builder.
 *
 * @param <S> the type of the spec
 * @param <O> the type of the output that other steps read
 */
public final class StepBuilder<S, O> {
  private final Definition definition;

  StepBuilder(Definition definition) {
    this.definition = definition;
  }

  /** What a step is, apart from its spec. */
  record Definition(
      String name,
      Provisioner<Object, Object> provisioner,
      Function<Object, Object> view,
      Retry retry,
      @Nullable Duration timeout,
      @Nullable Duration callTimeout,
      @Nullable OnFailure onFailure,
      OnDeprovision onDeprovision,
      List<String> formerly) {

    static Definition of(
        String name, Provisioner<Object, Object> provisioner, Function<Object, Object> view) {
      return new Definition(
          Identifiers.requireStep(name),
          Objects.requireNonNull(provisioner, "provisioner"),
          view,
          Retry.ofDefaults(),
          null,
          null,
          null,
          OnDeprovision.DELETE,
          List.of());
    }

    Definition name(String name) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition retry(Retry retry) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition timeout(Duration timeout) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition callTimeout(Duration callTimeout) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition onFailure(OnFailure onFailure) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition onDeprovision(OnDeprovision onDeprovision) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }

    Definition formerly(List<String> formerly) {
      return new Definition(
          name, provisioner, view, retry, timeout, callTimeout, onFailure, onDeprovision, formerly);
    }
  }

  /** Sets how often the step is tried. Default: {@link Retry#ofDefaults()}. */
  public StepBuilder<S, O> retry(Retry policy) {
    Objects.requireNonNull(policy, "policy");
    return new StepBuilder<>(definition.retry(policy));
  }

  /**
   * Sets how long the step may take in a run, from its first attempt, with all retries and waiting.
   * A step that is over its time fails; what it may have begun in the backend is found again when
   * the run is resumed. Default: no limit but the run's.
   *
   * @param limit longer than zero
   */
  public StepBuilder<S, O> timeout(Duration limit) {
    requirePositive("timeout", limit);
    return new StepBuilder<>(definition.timeout(limit));
  }

  /**
   * Sets how long one call to the provisioner may take. Default: the provisioner's, else the
   * engine's.
   *
   * @param limit longer than zero
   */
  public StepBuilder<S, O> callTimeout(Duration limit) {
    requirePositive("callTimeout", limit);
    return new StepBuilder<>(definition.callTimeout(limit));
  }

  /** Sets what the run does when this step fails for good. Default: what the plan says. */
  public StepBuilder<S, O> onFailure(OnFailure policy) {
    Objects.requireNonNull(policy, "policy");
    return new StepBuilder<>(definition.onFailure(policy));
  }

  /** Sets what happens to the resource when the tenant leaves. Default: it is deleted. */
  public StepBuilder<S, O> onDeprovision(OnDeprovision policy) {
    Objects.requireNonNull(policy, "policy");
    return new StepBuilder<>(definition.onDeprovision(policy));
  }

  /**
   * Says what the step was called in earlier versions of the plan, so that it keeps what it made.
   * Without this a renamed step is another step: its resource is made anew and the old one removed.
   */
  public StepBuilder<S, O> formerly(String... names) {
    for (String name : names) {
      Identifiers.requireStepPath(name);
    }
    return new StepBuilder<>(definition.formerly(List.of(names)));
  }

  /**
   * Completes the step: its spec needs the tenant alone. The function is pure; it runs again on
   * resume, in previews and in drift checks.
   */
  public <I> Step<I, O> from(Function<? super Tenant<I>, ? extends S> spec) {
    return step(List.of(), (tenant, read) -> spec.apply(tenant));
  }

  /** Completes the step as {@link #from(Function)}, naming the input's type for the compiler. */
  public <I> Step<I, O> from(Class<I> input, Function<? super Tenant<I>, ? extends S> spec) {
    Objects.requireNonNull(input, "input");
    return from(spec);
  }

  /** Completes the step: its spec needs another step's output, and so comes after it. */
  @SuppressWarnings("unchecked") // a step's output has the step's output type
  public <I, A> Step<I, O> from(Step<I, A> a, Specs.Of1<I, A, S> spec) {
    return step(List.of(a), (tenant, read) -> spec.apply(tenant, (A) read.get(0)));
  }

  /** Completes the step: its spec needs two other steps' outputs. */
  @SuppressWarnings("unchecked") // a step's output has the step's output type
  public <I, A, B> Step<I, O> from(Step<I, A> a, Step<I, B> b, Specs.Of2<I, A, B, S> spec) {
    return step(
        List.of(a, b), (tenant, read) -> spec.apply(tenant, (A) read.get(0), (B) read.get(1)));
  }

  /** Completes the step: its spec needs three other steps' outputs. */
  @SuppressWarnings("unchecked") // a step's output has the step's output type
  public <I, A, B, C> Step<I, O> from(
      Step<I, A> a, Step<I, B> b, Step<I, C> c, Specs.Of3<I, A, B, C, S> spec) {
    return step(
        List.of(a, b, c),
        (tenant, read) -> spec.apply(tenant, (A) read.get(0), (B) read.get(1), (C) read.get(2)));
  }

  /** Completes the step: its spec needs four other steps' outputs. */
  @SuppressWarnings("unchecked") // a step's output has the step's output type
  public <I, A, B, C, D> Step<I, O> from(
      Step<I, A> a, Step<I, B> b, Step<I, C> c, Step<I, D> d, Specs.Of4<I, A, B, C, D, S> spec) {
    return step(
        List.of(a, b, c, d),
        (tenant, read) ->
            spec.apply(tenant, (A) read.get(0), (B) read.get(1), (C) read.get(2), (D) read.get(3)));
  }

  private <I> Step<I, O> step(List<Step<I, ?>> reads, Specs.Raw<I> spec) {
    return new Step<>(definition, new ArrayList<>(reads), List.of(), List.of(), spec);
  }

  private static void requirePositive(String what, Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(what + " must be longer than zero, not " + limit + ".");
    }
  }
}
