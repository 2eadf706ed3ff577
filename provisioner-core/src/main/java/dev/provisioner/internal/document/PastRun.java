package dev.provisioner.internal.document;

import dev.provisioner.state.Summary.RunStatus;
import java.time.Instant;
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
}
