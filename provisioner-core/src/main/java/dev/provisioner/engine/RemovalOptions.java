package dev.provisioner.engine;

import dev.provisioner.internal.Identifiers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a request to deprovision or purge is to be treated. Immutable.
 *
 * @param retention how long what is retained is kept until it is purged; null for the engine's
 * @param ticket its place in a queue outside of the engine, or null
 * @param by who asks, for the run's events and so for an audit; null if nobody is named
 */
public record RemovalOptions(
    @Nullable Duration retention, @Nullable Ticket ticket, @Nullable String by) {

  /** Refuses a negative retention, and names as {@link #by(String)} does. */
  public RemovalOptions {
    if (retention != null && retention.isNegative()) {
      throw new IllegalArgumentException("retention must not be negative: " + retention);
    }
    if (by != null) {
      Identifiers.requireActor(by);
    }
  }

  /** Returns the defaults. */
  public static RemovalOptions defaults() {
    return new RemovalOptions(null, null, null);
  }

  /**
   * Returns these options with how long what is retained is kept until it is purged.
   *
   * @param time zero or more; a purge has none
   */
  public RemovalOptions retention(Duration time) {
    return new RemovalOptions(time, ticket, by);
  }

  /** Returns these options with a place in a queue outside of the engine. */
  public RemovalOptions ticket(Ticket place) {
    return new RemovalOptions(retention, place, by);
  }

  /**
   * Returns these options with who asks, as {@link ProvisionOptions#by(String)}.
   *
   * @param actor 1 to 200 printable characters
   */
  public RemovalOptions by(String actor) {
    return new RemovalOptions(retention, ticket, actor);
  }
}
