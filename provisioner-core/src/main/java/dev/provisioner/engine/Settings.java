package dev.provisioner.engine;

import dev.provisioner.event.DurableListener;
import dev.provisioner.event.EventListener;
import dev.provisioner.internal.document.Document;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What an engine was configured with. */
record Settings(
    String installation,
    InstantSource clock,
    LongSupplier ticker,
    RandomGenerator random,
    Duration lease,
    Duration callTimeout,
    Duration cancelGrace,
    Duration sweepInterval,
    Duration retention,
    int maxConcurrentCalls,
    long maxDocumentBytes,
    List<EventListener> listeners,
    Map<String, DurableListener> durableListeners) {

  /** Whether events are recorded for durable listeners. */
  boolean keepsEvents() {
    return !durableListeners.isEmpty();
  }

  /** Whether nothing is begun for a tenant because too much waits for durable listeners. */
  boolean holdsBack(Document document) {
    return keepsEvents() && !document.outbox().hasRoomBeside(0);
  }

  /** A run whose next timer is no further away stays in memory and keeps its lease. */
  Duration parkAfter() {
    return sweepInterval.multipliedBy(2);
  }

  Duration heartbeat() {
    return Duration.ofNanos(lease.toNanos() / 3); // dividedBy goes by way of BigDecimal
  }
}
