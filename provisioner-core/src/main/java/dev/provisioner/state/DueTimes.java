package dev.provisioner.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Due times as stores keep them: to the millisecond, rounded up, so that nothing is due early. */
final class DueTimes {
  private static final Instant LAST = Instant.MAX.truncatedTo(ChronoUnit.MILLIS);

  private DueTimes() {}

  /** Returns a summary whose due time is kept as the SPI says. */
  static Summary kept(Summary summary) {
    Instant dueAt = summary.dueAt();
    if (dueAt == null) {
      return summary;
    }
    Instant floor = dueAt.truncatedTo(ChronoUnit.MILLIS);
    if (floor.equals(dueAt)) {
      return summary;
    }
    return new Summary(
        summary.lifecycle(),
        summary.run(),
        summary.planVersion(),
        floor.equals(LAST) ? LAST : floor.plusMillis(1),
        summary.updatedAt());
  }

  /** Returns whether a document is due at a time. */
  static boolean isDue(@Nullable Instant dueAt, Instant until) {
    return dueAt != null && !dueAt.isAfter(until);
  }
}
