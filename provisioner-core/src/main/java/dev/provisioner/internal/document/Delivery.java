package dev.provisioner.internal.document;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of telling events to an engine's durable listeners.
 *
 * @param taken by listener, the number of the last event it has taken
 * @param failing a listener that failed, or null
 * @param nextAt when to try again, or null if none failed
 */
public record Delivery(
    Map<String, Long> taken, @Nullable String failing, @Nullable Instant nextAt) {
  /** Nothing was told: others may have taken events. */
  public static final Delivery NONE = new Delivery(Map.of(), null, null);

  /** Copies what was taken. */
  public Delivery {
    taken = Map.copyOf(taken);
    if (failing != null) {
      Objects.requireNonNull(nextAt, "nextAt");
    }
  }
}
