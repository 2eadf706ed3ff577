package dev.provisioner.internal.machine;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When and where the machine is run, and its source of chance: with the same moment it gives the
 * same result.
 *
 * @param keepsEvents whether events are kept in the outbox, for the engine has durable listeners
 */
public record Moment(Instant now, RandomGenerator random, boolean keepsEvents) {

  /** Returns a text that no other moment gives: 126 bits in digits and lower-case letters. */
  String nonce() {
    return digits() + digits();
  }

  private String digits() {
    return Long.toString(random.nextLong() & Long.MAX_VALUE, 36);
  }
}
