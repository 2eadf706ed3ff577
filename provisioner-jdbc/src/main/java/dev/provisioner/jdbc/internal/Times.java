package dev.provisioner.jdbc.internal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Due times as milliseconds since 1970, rounded up, so that nothing is due early. */
public final class Times {
  private Times() {}

  public static @Nullable Long due(@Nullable Instant at) {
    if (at == null) {
      return null;
    }
    long floor = floor(at);
    boolean exact = Instant.ofEpochMilli(floor).equals(at);
    return exact || floor == Long.MAX_VALUE ? floor : floor + 1;
  }

  /** Rounds down; what lies beyond 292 million years is taken for that. */
  public static long floor(Instant at) {
    try {
      return at.toEpochMilli();
    } catch (ArithmeticException e) {
      return at.isAfter(Instant.EPOCH) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
  }
}
