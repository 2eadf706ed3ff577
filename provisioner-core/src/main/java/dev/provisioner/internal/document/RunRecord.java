package dev.provisioner.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One execution for one tenant: what is to be done, and how far it is.
 *
 * @param by who asked for it, or null if the host did not say
 * @param planVersion the version of the plan it runs
 * @param deadline when it must have ended, or null
 * @param onFailure what it does when it is over its time
 * @param retentionMillis how long what a deprovision run retains is kept, for such a run
 * @param resumes how often another process or call went on with it
 * @param failure why it fails or failed, the first reason; null while all is well
 * @param stopping whether it begins nothing new: it was cancelled or is over its time
 * @param cancelled whether somebody asked for it to stop
 * @param rolledBack whether it undid all it did
 * @param previousInput the input before this run, to which a rollback returns
 * @param tasks what is to be done, by {@link Task#id()}
 */
public record RunRecord(
    String id,
    Kind kind,
    @Nullable String by,
    RunStatus status,
    long planVersion,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant deadline,
    OnFailure onFailure,
    @Nullable Long retentionMillis,
    int resumes,
    @Nullable Failure failure,
    boolean stopping,
    boolean cancelled,
    boolean rolledBack,
    @Nullable JsonNode previousInput,
    @Nullable String previousFingerprint,
    Map<String, Task> tasks) {

  /** What a run is for. */
  public enum Kind {
    /** Brings what stands to what is wanted. */
    PROVISION,
    /** Removes what is not to be retained. */
    DEPROVISION,
    /** Removes the rest and leaves a note. */
    PURGE;

    /** Returns the verb. */
    public String verb() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Fills in what an older document lacks; refuses what none can lack. */
  public RunRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(onFailure, "onFailure");
    tasks = tasks == null ? Rows.empty() : Rows.of(tasks);
  }
}
