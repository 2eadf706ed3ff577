package dev.provisioner.internal.document;

import java.util.Objects;

/**
 * The time-limited right to work on a document.
 *
 * @param holder the engine's id
 * @param heartbeat rises with every write; who has seen the same number for a lease's duration on
 *     its own clock may take over
 * @param millis how long the holder promised to be silent at most
 */
public record Lease(String holder, long heartbeat, long millis) {

  /** Refuses what is missing. */
  public Lease {
    Objects.requireNonNull(holder, "holder");
  }
}
