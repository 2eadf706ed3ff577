package dev.provisioner.gate;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * Steps that wait for the world. While one waits, only a time is recorded; no thread is held, and
 * the wait survives any crash. A gate that has opened stays open; it asks again when its spec
 * changes.
 *
 * <pre>{@code
 * Step<Signup, Healthy> healthy = Step.named("healthy", Gates.polling(
 *         Kind.of("backend-health", HealthSpec.class, Healthy.class), ofSeconds(10), this::check))
 *     .timeout(ofMinutes(15))
 *     .from(service, (tenant, deployed) -> new HealthSpec(deployed.url()));
 * }</pre>
 */
public final class Gates {
  private Gates() {}

  /**
   * Returns a gate that asks the world now and then.
   *
   * @param kind names the gate's kind; a kind of its own for each check
   * @param every how long to wait between two questions; longer than zero
   */
  public static <S, O> Provisioner<S, O> polling(
      Kind<S, O> kind, Duration every, Check<S, O> check) {
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException("A gate asks every so often, not every " + every + ".");
    }
    return new Polling<>(
        Objects.requireNonNull(kind, "kind"), every, Objects.requireNonNull(check, "check"));
  }

  /** Returns a gate that opens after a {@link Pause}, by the system's clock. */
  public static Provisioner<Pause, Opened> timer() {
    return timer(InstantSource.system());
  }

  /** Returns a gate that opens after a {@link Pause}, by this clock; give it the engine's. */
  public static Provisioner<Pause, Opened> timer(InstantSource clock) {
    return new Timer(Objects.requireNonNull(clock, "clock"));
  }

  /** What all gates share: nothing is made, so there is nothing to find, change or remove. */
  private interface Gate<S, O> extends Provisioner<S, O> {

    @Override
    default Found<O> find(Known<S, O> known, Attempt attempt) {
      return known.output().map(Found::ours).orElseGet(Found::absent);
    }

    @Override
    default Change change(Known<S, O> current, S wanted) {
      return Change.update();
    }

    @Override
    default Provisioned<O> update(Known<S, O> current, S wanted, Attempt attempt) throws Exception {
      return provision(wanted, attempt);
    }

    @Override
    default Removed deprovision(Known<S, O> known, Attempt attempt) {
      return Removed.gone();
    }
  }

  private record Polling<S, O>(Kind<S, O> kind, Duration every, Check<S, O> check)
      implements Gate<S, O> {

    @Override
    public Provisioned<O> provision(S spec, Attempt attempt) throws Exception {
      Answer<O> answer = check.ask(spec, attempt);
      if (answer instanceof Answer.Open<O> open) {
        return Provisioned.done(open.output());
      } else if (answer instanceof Answer.Refused<O> refused) {
        throw new PermanentException(refused.reason());
      }
      String waitingFor = ((Answer.NotYet<O>) answer).waitingFor();
      return Provisioned.pending("asked", every, waitingFor);
    }

    @Override
    public Provisioned<O> poll(String handle, S spec, Attempt attempt) throws Exception {
      return provision(spec, attempt);
    }
  }

  private record Timer(InstantSource clock) implements Gate<Pause, Opened> {
    private static final Kind<Pause, Opened> KIND =
        Kind.of("gate-timer", Pause.class, Opened.class);

    @Override
    public Kind<Pause, Opened> kind() {
      return KIND;
    }

    @Override
    public Provisioned<Opened> provision(Pause spec, Attempt attempt) {
      return at(clock.instant().plus(spec.length()));
    }

    @Override
    public Provisioned<Opened> poll(String handle, Pause spec, Attempt attempt) {
      return at(Instant.parse(handle));
    }

    private Provisioned<Opened> at(Instant opens) {
      Duration left = Duration.between(clock.instant(), opens);
      return left.isNegative() || left.isZero()
          ? Provisioned.done(new Opened(opens))
          : Provisioned.pending(opens.toString(), left, "its time, " + opens);
    }
  }
}
