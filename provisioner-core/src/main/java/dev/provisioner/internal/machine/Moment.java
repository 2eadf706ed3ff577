package dev.provisioner.internal.machine;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When the machine is run, and its source of chance: with the same moment it gives the same result.
 */
public record Moment(Instant now, RandomGenerator random) {

  String nonce() {
    String high = Long.toUnsignedString(random.nextLong(), 36);
    return (Long.toUnsignedString(random.nextLong(), 36) + high);
  }
}
