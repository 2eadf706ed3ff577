package dev.provisioner.spi;

import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One try at one step: who it is for, how long it may take, and what must survive a crash.
 *
 * <p>Thread-safe. It is valid until the call it was given to returns; afterwards {@link #progress}
 * does nothing and {@link #remember} throws {@code IllegalStateException}.
 */
public interface Attempt {

  /** Returns the tenant it is for. */
  TenantId tenant();

  /** Returns the plan's name. */
  String plan();

  /** Returns the step's name. */
  String step();

  /** Returns the run's id; the same after a crash, when another process goes on with the run. */
  String run();

  /** Returns which try this is, from 1. */
  int number();

  /**
   * Returns the name for the resource, derived from installation, tenant, plan and step under the
   * kind's {@link Kind#names() rule}. It was recorded before the first try and does not change, not
   * even when a later release derives names otherwise.
   */
  String name();

  /** Returns the marker to put on the resource, recorded before the first try. */
  Marker marker();

  /** Returns how long this call may still take; zero when the time is over. Never negative. */
  Duration remaining();

  /** Returns when this call must have ended, by the engine's clock. */
  Instant deadline();

  /**
   * Returns whether the call should give up: the run was cancelled, the deadline has passed, or the
   * engine is closing. The thread is also interrupted if it does not return soon after.
   */
  boolean cancelled();

  /**
   * Runs an action once when the call should give up, at once if that is already so; close the
   * registration when the action is not wanted any more. The action must return quickly.
   */
  Registration onCancel(Runnable action);

  /**
   * Tells listeners how far the call is. Never blocks and never throws.
   *
   * @param message for people; not secret
   */
  void progress(String message);

  /**
   * Tells listeners how far the call is, in parts.
   *
   * @param done parts done, 0 to {@code total}
   * @param total parts in all, 1 or more
   */
  void progress(long done, long total, String message);

  /**
   * Records a value durably with the resource and returns when it is safe: for what only we can
   * know, such as a generated key, <em>before</em> the call that uses it. The same key again
   * overwrites. Values may be or hold secrets; they are sealed. The value goes with the resource.
   *
   * @param key at most 63 lower-case letters, digits and hyphens
   * @throws dev.provisioner.error.ProvisioningException if it could not be recorded; do not go on
   */
  void remember(String key, Object value);

  /** Returns what was remembered under a key, by this try or an earlier one. */
  <T> Optional<T> remembered(String key, Class<T> type);

  /** An action that waits for a cancellation. */
  interface Registration extends AutoCloseable {
    /** Takes the action back. Doing so twice is harmless. */
    @Override
    void close();
  }
}
