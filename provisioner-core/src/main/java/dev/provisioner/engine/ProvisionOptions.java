package dev.provisioner.engine;

import java.util.Objects;

/**
 * How a provision request is to be treated. Immutable.
 *
 * @param whenRunning what to do if a run with another input is under way
 */
public record ProvisionOptions(WhenRunning whenRunning) {

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

  /** Refuses missing parts. */
  public ProvisionOptions {
    Objects.requireNonNull(whenRunning, "whenRunning");
  }

  /** Returns the defaults. */
  public static ProvisionOptions defaults() {
    return new ProvisionOptions(WhenRunning.REFUSE);
  }

  /** Returns these options with what to do while another run is under way. */
  public ProvisionOptions whenRunning(WhenRunning choice) {
    return new ProvisionOptions(choice);
  }
}
