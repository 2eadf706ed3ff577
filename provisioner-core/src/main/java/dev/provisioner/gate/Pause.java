package dev.provisioner.gate;

import java.time.Duration;

/**
 * How long a timer waits.
 *
 * @param length longer than zero
 */
public record Pause(Duration length) {

  /** Checks the range. */
  public Pause {
    if (length.isNegative() || length.isZero()) {
      throw new IllegalArgumentException("A pause is longer than zero, not " + length + ".");
    }
  }

  /** Returns a pause of this length. */
  public static Pause of(Duration length) {
    return new Pause(length);
  }
}
