package dev.provisioner.spi;

import dev.provisioner.error.PermanentException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes, finds, changes and removes one kind of thing.
 *
 * <p>The engine calls it so that a crash at any instant is survived:
 *
 * <ol>
 *   <li>The intent (name, marker, spec) is recorded. Only then is anything called.
 *   <li>{@link #find} looks for it. After a crash nobody knows whether the last call took effect,
 *       so every attempt begins with it.
 *   <li>{@link #provision} makes it if it is absent, completes it if it is incomplete. What is
 *       already ours is adopted without a call.
 *   <li>The outcome is recorded.
 * </ol>
 *
 * <p><b>Called twice:</b> each method may be called again with the same arguments, by this process
 * or another, after any crash, and must converge. <b>Two threads:</b> one instance serves all
 * tenants at once and must be thread-safe; two calls for the same resource never overlap, except
 * that a call whose deadline has passed may still be running somewhere. <b>Errors:</b> throw {@link
 * dev.provisioner.error.TransientException} if the call had no effect and may succeed later, {@link
 * PermanentException} if it never will, {@link dev.provisioner.error.AmbiguousException} if nobody
 * knows. {@code IOException}, {@code TimeoutException} and {@code InterruptedException} count as
 * ambiguous, everything else as permanent. Turn off retries of a client for calls that are not
 * idempotent; the engine retries, after it has looked.
 *
 * @param <S> what is wanted
 * @param <O> what was made
 */
public interface Provisioner<S, O> {

  /** Returns what this provisioner makes. The same at every call. */
  Kind<S, O> kind();

  /**
   * Looks for the resource and says whose it is. Changes nothing. "Already exists" proves nothing:
   * compare the marker, and the immutable id in the known output if there is one: our marker on
   * another id than the known one is ambiguous. A backend whose reads lag must not answer absent
   * for a resource of which the output is known without asking more than once.
   */
  Found<O> find(Known<S, O> known, Attempt attempt) throws Exception;

  /**
   * Looks closely, for a drift check: like {@link #find}, but compares everything the spec
   * describes, which may take longer. Changes nothing; {@link Attempt#remember} is refused. By
   * default the same as {@link #find}.
   */
  default Found<O> inspect(Known<S, O> known, Attempt attempt) throws Exception {
    return find(known, attempt);
  }

  /**
   * Makes the resource, or completes it. Called only after {@link #find} answered that it is absent
   * or incomplete.
   */
  Provisioned<O> provision(S spec, Attempt attempt) throws Exception;

  /**
   * Removes the resource. Called only after {@link #find} answered that it is ours, complete or
   * not; the known output is then the one just found, if it gave one. That it is gone already is
   * success.
   */
  Removed deprovision(Known<S, O> known, Attempt attempt) throws Exception;

  /**
   * Decides how to get from one spec to another. Pure and quick: previews call it too. By default a
   * change is refused, because the wrong guess destroys data.
   */
  default Change change(Known<S, O> current, S wanted) {
    return Change.refused(
        "Provisioner '"
            + kind().id()
            + "' does not say how to change what it made. Override change(), or deprovision the"
            + " tenant and provision it again.");
  }

  /**
   * Changes the resource in place. Called only after {@link #change} answered update and {@link
   * #find} that it is ours, complete or not. May be called again after a crash, when part or all of
   * the change was made.
   */
  default Provisioned<O> update(Known<S, O> current, S wanted, Attempt attempt) throws Exception {
    throw new PermanentException(
        "Provisioner '" + kind().id() + "' answers update from change() but has no update().");
  }

  /**
   * Asks again about a call that answered pending. Changes nothing that {@link #provision} or
   * {@link #update} would not. It may answer pending again, with the same handle or another.
   *
   * @param handle the one the latest pending answer gave
   */
  default Provisioned<O> poll(String handle, S spec, Attempt attempt) throws Exception {
    throw new PermanentException(
        "Provisioner '" + kind().id() + "' answers pending but has no poll().");
  }

  /** Asks again about a removal that answered pending. */
  default Removed pollRemoval(String handle, Known<S, O> known, Attempt attempt) throws Exception {
    throw new PermanentException(
        "Provisioner '" + kind().id() + "' answers pending but has no pollRemoval().");
  }

  /**
   * Returns how long one call may take, if that differs from the engine's default. A call that may
   * take longer than the engine's lease must be excluded by the backend against a second starter:
   * see {@link #excludesConcurrentCalls}.
   */
  default Optional<Duration> callTimeout() {
    return Optional.empty();
  }

  /**
   * Returns whether the backend itself keeps a second call for the same resource from running
   * beside the first, as Terraform's state lock does. If not, an engine that takes over a run waits
   * until a call that may still be on its way has passed its deadline.
   */
  default boolean excludesConcurrentCalls() {
    return false;
  }

  /**
   * Returns how many calls one engine makes to this provisioner at the same time.
   *
   * @return 1 or more; by default only the engine's own limit holds
   */
  default int maxConcurrentCalls() {
    return Integer.MAX_VALUE;
  }

  /**
   * Returns a view of this provisioner whose steps are read as another type. The output is recorded
   * as this provisioner made it.
   *
   * @param view pure; throws {@code RuntimeException} with a helpful message if the output does not
   *     fit, which fails the step
   */
  default <T> OutputView<S, O, T> as(Function<? super O, ? extends T> view) {
    return new OutputView<>(this, view);
  }
}
