package dev.provisioner.internal.document;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait for durable listeners.
 *
 * @param events in the order of their numbers
 * @param taken by listener, the number of the last event it has taken, of those that are ahead of
 *     others
 * @param failing the listener that failed last, or null if all is well
 * @param failures how often in a row they were told and not taken by all
 * @param dueAt when they are told again after a failure, or null
 */
public record Outbox(
    List<OutboxEvent> events,
    Map<String, Long> taken,
    @Nullable String failing,
    int failures,
    @Nullable Instant dueAt) {
  /** How many events may wait before nothing new is begun. */
  public static final int MOST_EVENTS = 200;

  private static final int MOST_CHARACTERS = 40_000;

  /** Nothing waits. */
  public static final Outbox EMPTY = new Outbox(List.of(), Map.of(), null, 0, null);

  /** Fills in what an older document lacks. */
  public Outbox {
    events = events == null ? List.of() : List.copyOf(events);
    taken = taken == null ? Map.of() : Map.copyOf(taken);
    for (int i = 1; i < events.size(); i++) {
      if (events.get(i).sequence() <= events.get(i - 1).sequence()) {
        throw new IllegalArgumentException("events out of order");
      }
    }
  }

  /** Tells the JSON library that an empty one is not written. */
  static final class NotWritten {
    @Override
    public boolean equals(@Nullable Object value) {
      return value == null || value.equals(EMPTY);
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }

  /** Returns whether nothing waits. */
  public boolean empty() {
    return events.isEmpty();
  }

  /** Returns whether something may be begun beside what is under way. */
  public boolean hasRoomBeside(int underWay) {
    return events.size() + underWay < MOST_EVENTS
        && events.stream().mapToInt(OutboxEvent::size).sum() < MOST_CHARACTERS;
  }

  /** Returns this outbox with one more event. */
  public Outbox with(OutboxEvent event) {
    List<OutboxEvent> all = new ArrayList<>(events);
    all.add(event);
    return new Outbox(all, taken, failing, failures, dueAt);
  }

  /** Returns the events that this release can tell: none that comes after one it does not know. */
  public List<OutboxEvent> known() {
    for (int i = 0; i < events.size(); i++) {
      if (!events.get(i).known()) {
        return events.subList(0, i);
      }
    }
    return events;
  }

  /** Returns this outbox without what all of an engine's listeners have taken. */
  public Outbox after(Delivery delivery) {
    if (delivery.taken().isEmpty()) {
      return this;
    }
    long byAll = Collections.min(delivery.taken().values());
    List<OutboxEvent> left = events.stream().filter(event -> event.sequence() > byAll).toList();
    if (left.isEmpty()) {
      return EMPTY;
    }
    Map<String, Long> ahead = new HashMap<>(delivery.taken());
    ahead.values().removeIf(last -> last <= byAll);
    return delivery.failing() == null
        ? new Outbox(left, ahead, null, 0, null)
        : new Outbox(
            left,
            ahead,
            delivery.failing(),
            failures + 1,
            Objects.requireNonNull(delivery.nextAt()));
  }
}
