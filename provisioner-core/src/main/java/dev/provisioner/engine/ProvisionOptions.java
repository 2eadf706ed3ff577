package dev.provisioner.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a provision request is to be treated. Immutable.
 *
 * @param whenRunning what to do if a run with another input is under way
 * @param ticket its place in a queue outside of the engine, or null
 */
public record ProvisionOptions(WhenRunning whenRunning, @Nullable Ticket ticket) {

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

  /** Refuses missing parts, and a request that is to wait in two queues. */
  public ProvisionOptions {
    Objects.requireNonNull(whenRunning, "whenRunning");
    if (ticket != null && whenRunning == WhenRunning.QUEUE) {
      throw new IllegalArgumentException(
          "A request with a ticket waits in the queue that gave it; it cannot be queued here too.");
    }
  }

  /** Returns the defaults. */
  public static ProvisionOptions defaults() {
    return new ProvisionOptions(WhenRunning.REFUSE, null);
  }

  /** Returns these options with what to do while another run is under way. */
  public ProvisionOptions whenRunning(WhenRunning choice) {
    return new ProvisionOptions(choice, ticket);
  }

  /** Returns these options with a place in a queue outside of the engine. */
  public ProvisionOptions ticket(Ticket place) {
    return new ProvisionOptions(whenRunning, place);
  }
}
