package dev.provisioner.jdbc.queue;

import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a queue, as it stood when it was read. Times are the database's. Immutable.
 *
 * @param id the request's id
 * @param plan the name of its plan
 * @param tenant whom it is for
 * @param kind what it asks for
 * @param status how it stands
 * @param priority jobs with a higher one are taken first
 * @param by who asked, or null if nobody was named
 * @param notBefore when it may begin
 * @param submittedAt when it was submitted
 * @param startedAt when a run was found to be under way for it; null if not, or if it ended at once
 * @param endedAt when it ended, or null
 * @param run the id of its run: the job's own, or that of a run that had already made what it asks
 *     for; null if none has begun
 * @param message how it ended, or what last kept it from going on; null if there is nothing to
 *     tell. Holds no secrets.
 */
public record Job(
    String id,
    String plan,
    TenantId tenant,
    Kind kind,
    Status status,
    int priority,
    @Nullable String by,
    Instant notBefore,
    Instant submittedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String run,
    @Nullable String message) {

  /** What a job asks for. */
  public enum Kind {
    /** Bring what stands to what the plan describes. */
    PROVISION,
    /** Remove what the tenant has, but for what is retained. */
    DEPROVISION,
    /** Remove what is retained. */
    PURGE
  }

  /** How a job stands. */
  public enum Status {
    /** It waits for its time, its tenant's turn, or a worker. */
    WAITING,
    /** Its run is under way. A run that ends at once goes from waiting to its end. */
    RUNNING,
    /** Its run reached its end. */
    SUCCEEDED,
    /** Its run failed, or was refused. */
    FAILED,
    /** It was cancelled, before or while it ran. */
    CANCELLED;

    /** Returns whether nothing more happens to the job. */
    public boolean hasEnded() {
      return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
  }
}
