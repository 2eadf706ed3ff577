package dev.provisioner.engine;

import dev.provisioner.internal.Identifiers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a provision request is to be treated. Immutable.
 *
 * @param whenRunning what to do if a run with another input is under way
 * @param ticket its place in a queue outside of the engine, or null
 * @param by who asks, for the run's events and so for an audit; null if nobody is named
 */
public record ProvisionOptions(
    WhenRunning whenRunning, @Nullable Ticket ticket, @Nullable String by) {

  /** What to do with a request that comes while another run of the tenant is under way. */
  public enum WhenRunning {
    /** Refuse it. The default. */
    REFUSE,
    /**
     * Do it after the run under way, and after the requests that came before it. If it cannot be
     * read any more by then, as the plan's input has changed, its run fails and the next one
     * begins. Its run can be cancelled while it waits.
     */
    QUEUE
  }

  /**
   * Refuses missing parts, a request that is to wait in two queues, and names as {@link
   * #by(String)} does.
   */
  public ProvisionOptions {
    Objects.requireNonNull(whenRunning, "whenRunning");
    if (ticket != null && whenRunning == WhenRunning.QUEUE) {
      throw new IllegalArgumentException(
          "A request with a ticket waits in the queue that gave it; it cannot be queued here too.");
    }
    if (by != null) {
      Identifiers.requireActor(by);
    }
  }

  /** Returns the defaults. */
  public static ProvisionOptions defaults() {
    return new ProvisionOptions(WhenRunning.REFUSE, null, null);
  }

  /** Returns these options with what to do while another run is under way. */
  public ProvisionOptions whenRunning(WhenRunning choice) {
    return new ProvisionOptions(choice, ticket, by);
  }

  /** Returns these options with a place in a queue outside of the engine. */
  public ProvisionOptions ticket(Ticket place) {
    return new ProvisionOptions(whenRunning, place, by);
  }

  /**
   * Returns these options with who asks: a user, a service, a ticket. It is recorded in clear with
   * the run and told with its events. If the request is answered with a run that is under way
   * already, or with the last one as there is nothing to do, that run keeps who asked for it.
   *
   * @param actor 1 to 200 printable characters
   * @throws IllegalArgumentException if it is anything else
   */
  public ProvisionOptions by(String actor) {
    return new ProvisionOptions(whenRunning, ticket, actor);
  }
}
