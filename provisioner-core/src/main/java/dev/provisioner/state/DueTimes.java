package dev.provisioner.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Due times as stores keep them: to the millisecond, rounded up, so that nothing is due early. */
final class DueTimes {
  private static final Instant LAST = Instant.MAX.truncatedTo(ChronoUnit.MILLIS);

  private static final long LAST_INDEXED = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

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

  /** Returns a time as names hold it, in 15 digits: none before 1970, none after 9999. */
  static long indexed(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return 0;
    }
    return time.getEpochSecond() >= LAST_INDEXED / 1000 ? LAST_INDEXED : time.toEpochMilli();
  }
}
