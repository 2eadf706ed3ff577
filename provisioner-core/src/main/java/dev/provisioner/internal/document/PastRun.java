package dev.provisioner.internal.document;

import dev.provisioner.state.Summary.RunStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is kept of a run when the next one begins. */
public record PastRun(
    String id,
    RunRecord.Kind kind,
    RunStatus status,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String failure) {

  /** How many are kept. */
  public static final int KEPT = 20;

  /** Refuses what is missing. */
  public PastRun {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(startedAt, "startedAt");
  }
}
