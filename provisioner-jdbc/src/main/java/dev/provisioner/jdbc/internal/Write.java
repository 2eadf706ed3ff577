package dev.provisioner.jdbc.internal;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One compare-and-set.
 *
 * @param expected the revision it replaces; null if there must be no document yet
 * @param revision the revision it makes, which no other write ever has
 * @param document null to delete
 */
public record Write(
    DocumentKey key, @Nullable UUID expected, UUID revision, @Nullable StateDocument document) {

  /** What became of it. */
  public enum Outcome {
    /** It is durable. */
    WRITTEN,
    /** The document is not at the expected revision; nothing was written. */
    LOST,
    /** Somebody has the row locked; nothing was written, and it is worth trying again. */
    BUSY
  }
}
