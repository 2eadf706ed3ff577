package dev.provisioner.engine;

import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.DurableListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Delivery;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.internal.document.OutboxEvent;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.state.DocumentKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells durable listeners what waits in outboxes: of each document in order and one call at a time,
 * of several documents at once.
 *
 * <p>What was taken must leave the outbox. While this engine works on the document, its driver is
 * told, and the next write that happens anyway takes it out. When nobody holds the lease, it is
 * taken out by a write of its own, which changes nothing else; compare-and-set excludes a holder,
 * who would tell the events again. So each event is taken at least once, and none is passed over.
 */
final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);
  private static final int AT_ONCE = 16;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Core core;
  private final Map<String, DurableListener> listeners;

  // Guarded by this.
  private final Map<DocumentKey, Parcel> parcels = new HashMap<>();
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private int couriers;

  /** What is to be told of one document. Guarded by the deliveries. */
  private static final class Parcel {
    private final DocumentKey key;
    private Document document;
    private final Map<String, Long> taken = new HashMap<>();
    private @Nullable Instant notBefore;

    /** Whether it is told, or recorded, or waits for that. */
    private boolean busy;

    Parcel(DocumentKey key, Document document) {
      this.key = key;
      this.document = document;
    }
  }

  Deliveries(Core core, Map<String, DurableListener> listeners) {
    this.core = core;
    this.listeners = listeners;
  }

  /** Returns whether nothing is being told or recorded. */
  synchronized boolean idle() {
    return parcels.values().stream().noneMatch(parcel -> parcel.busy);
  }

  /**
   * Has told what waits in a document's outbox, as this engine has just read or written it. Returns
   * whether that was begun by this call.
   */
  boolean see(DocumentKey key, Document document) {
    if (listeners.isEmpty()) {
      return false;
    }
    return goOn(() -> seen(key, document));
  }

  private @Nullable Runnable seen(DocumentKey key, Document document) {
    Outbox outbox = document.outbox();
    if (outbox.empty() && !parcels.containsKey(key)) {
      return null;
    }
    Parcel parcel = parcels.computeIfAbsent(key, absent -> new Parcel(key, document));
    parcel.document = document;
    for (String name : listeners.keySet()) {
      parcel.taken.merge(name, outbox.taken().getOrDefault(name, 0L), Math::max);
    }
    return next(parcel);
  }

  /** Decides something under the lock, and does what was decided without it. */
  private boolean goOn(Supplier<@Nullable Runnable> decision) {
    Runnable next;
    synchronized (this) {
      next = decision.get();
    }
    if (next != null) {
      next.run();
    }
    return next != null;
  }

  /** Forgets a document that another engine works on. */
  synchronized void forget(DocumentKey key) {
    Parcel parcel = parcels.get(key);
    if (parcel != null && !parcel.busy) {
      parcels.remove(key);
    }
  }

  /** Decides what comes next for a document. */
  private @Nullable Runnable next(Parcel parcel) {
    if (parcel.busy) {
      return null;
    }
    if (untold(parcel)) {
      return due(parcel) ? beginToTell(parcel) : null;
    }
    if (core.worksOn(parcel.key)) {
      return null; // its driver knows, and takes out what was taken
    }
    if (parcel.document.outbox().known().isEmpty()) {
      parcels.remove(parcel.key);
      return null;
    }
    Delivery delivery = new Delivery(parcel.taken, null, null);
    parcel.busy = true;
    return () -> core.threads.drive(() -> record(parcel, delivery));
  }

  private static boolean untold(Parcel parcel) {
    List<OutboxEvent> known = parcel.document.outbox().known();
    return !known.isEmpty()
        && parcel.taken.values().stream()
            .anyMatch(last -> last < known.get(known.size() - 1).sequence());
  }

  private boolean due(Parcel parcel) {
    Instant now = core.settings.clock().instant();
    Instant dueAt = parcel.document.outbox().dueAt();
    return (parcel.notBefore == null || !parcel.notBefore.isAfter(now))
        && (dueAt == null || !dueAt.isAfter(now));
  }

  // ---- telling

  private @Nullable Runnable beginToTell(Parcel parcel) {
    parcel.busy = true;
    waiting.add(parcel);
    if (couriers == AT_ONCE) {
      return () -> {};
    }
    couriers++;
    return () -> core.threads.call(this::tellAll);
  }

  private void tellAll() {
    for (Parcel parcel = poll(); parcel != null; parcel = poll()) {
      boolean told = false;
      try {
        tell(parcel);
        told = true;
      } finally {
        if (!told) {
          giveUp(parcel);
        }
      }
    }
  }

  private synchronized @Nullable Parcel poll() {
    Parcel parcel = waiting.poll();
    if (parcel == null) {
      couriers--;
    }
    return parcel;
  }

  /** The thread ends with an error of the virtual machine; the events are told again when due. */
  private synchronized void giveUp(Parcel parcel) {
    couriers--;
    parcels.remove(parcel.key);
  }

  private void tell(Parcel parcel) {
    Document document;
    Map<String, Long> taken;
    synchronized (this) {
      document = parcel.document;
      taken = new HashMap<>(parcel.taken);
    }
    String failing = null;
    Instant nextAt = null;
    for (Map.Entry<String, DurableListener> listener : listeners.entrySet()) {
      long last = taken.getOrDefault(listener.getKey(), 0L);
      List<ProvisioningEvent> events =
          document.outbox().known().stream()
              .filter(event -> event.sequence() > last)
              .map(event -> event.told(document))
              .toList();
      if (events.isEmpty()) {
        continue;
      }
      try {
        listener.getValue().take(events);
        taken.put(listener.getKey(), events.get(events.size() - 1).header().sequence());
      } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
        Duration wait = backoff(document.outbox().failures());
        failing = listener.getKey();
        nextAt = core.settings.clock().instant().plus(wait);
        complain(parcel.key, document.outbox(), failing, wait, e);
      }
    }
    told(parcel, new Delivery(taken, failing, nextAt));
  }

  private Duration backoff(int failures) {
    Duration full = SHORTEST.multipliedBy(1L << Math.min(failures, 20));
    long millis = (full.compareTo(LONGEST) < 0 ? full : LONGEST).toMillis();
    return Duration.ofMillis(
        millis / 2 + (long) (core.settings.random().nextDouble() * millis / 2));
  }

  private void complain(
      DocumentKey key, Outbox outbox, String listener, Duration wait, Throwable e) {
    log.warn(
        "Durable listener '{}' did not take {} event(s) of {}, time {} in a row. They are kept, and"
            + " told again in {} ms.{}",
        listener,
        outbox.events().size(),
        key,
        outbox.failures() + 1,
        wait.toMillis(),
        outbox.hasRoomBeside(0) ? "" : " Nothing new is begun for this tenant before that.",
        e);
  }

  private void told(Parcel parcel, Delivery delivery) {
    synchronized (this) {
      parcel.taken.putAll(delivery.taken());
      parcel.notBefore = delivery.nextAt();
    }
    Driver driver = core.drivers().get(parcel.key);
    if (driver == null) {
      core.threads.drive(() -> record(parcel, delivery));
      return;
    }
    driver.submit(new Input.Delivered(delivery));
    goOn(
        () -> {
          parcel.busy = false;
          return next(parcel); // it may have left without it, and more may have come
        });
  }

  // ---- recording, without the lease

  private void record(Parcel parcel, Delivery delivery) {
    Ledger.Entry now = null;
    try {
      now = core.ledger.change(parcel.key, document -> without(document, delivery)).orElse(null);
    } catch (StateStoreException e) {
      log.warn("What was told of {} could not be recorded; it is told again.", parcel.key, e);
    } finally {
      recorded(parcel, now, delivery);
    }
    if (now != null
        && now.dueAt() != null
        && !now.dueAt().isAfter(core.settings.clock().instant())) {
      lookAgain(parcel.key);
    }
  }

  /** What was held back can begin. */
  private void lookAgain(DocumentKey key) {
    try {
      core.look(key);
    } catch (ProvisioningException e) {
      log.debug("{} is due, and left to the next sweep.", key, e);
    }
  }

  private static @Nullable Document without(Document document, Delivery delivery) {
    if (document.lease() != null) {
      return null; // its holder sees to it
    }
    Outbox left = document.outbox().after(delivery);
    return left.equals(document.outbox()) ? null : document.outbox(left);
  }

  private void recorded(Parcel parcel, Ledger.@Nullable Entry now, Delivery delivery) {
    goOn(
        () -> {
          parcel.busy = false;
          if (now == null || delivery.failing() != null) {
            parcels.remove(parcel.key);
            return null;
          }
          parcel.document = now.document();
          return next(parcel);
        });
  }
}
