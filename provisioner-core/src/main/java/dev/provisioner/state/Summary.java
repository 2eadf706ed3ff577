package dev.provisioner.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The few fields of a document by which stores can find it. A store keeps them beside the
 * document's bytes and never reads the bytes.
 *
 * @param lifecycle where the tenant stands
 * @param run how its latest run stands
 * @param planVersion the version of the plan it was last provisioned with
 * @param dueAt when somebody must look at this document again (a timer, a lease that may have run
 *     out, the end of a retention); null if nobody must. Kept to the millisecond, rounded up.
 * @param updatedAt when it was written, by the writer's clock; for people
 */
public record Summary(
    Lifecycle lifecycle,
    RunStatus run,
    long planVersion,
    @Nullable Instant dueAt,
    Instant updatedAt) {

  /** Where a tenant stands. */
  public enum Lifecycle {
    /** Never provisioned to the end. */
    NEW,
    /** Provisioned. */
    ACTIVE,
    /** Deprovisioned, but what is to be retained is still there until its purge. */
    RETAINED,
    /** Nothing is left but this note that it was here. */
    PURGED
  }

  /** How a run stands. */
  public enum RunStatus {
    /** It is under way, or waits. */
    RUNNING,
    /** It undoes what it did. */
    ROLLING_BACK,
    /** It reached its end. */
    SUCCEEDED,
    /** It failed and can be resumed. */
    FAILED,
    /** It was cancelled and can be resumed. */
    CANCELLED;

    /** Returns whether the run has still something to do. */
    public boolean underWay() {
      return this == RUNNING || this == ROLLING_BACK;
    }
  }
}
