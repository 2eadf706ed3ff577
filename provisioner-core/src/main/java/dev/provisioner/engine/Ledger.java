package dev.provisioner.engine;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.internal.Shown;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.internal.document.Lease;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.machine.Timers;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes documents in a store: recognises its own write after a lost response, and keeps
 * what others signalled meanwhile.
 */
final class Ledger {
  private final StateStore store;
  private final Settings settings;

  Ledger(StateStore store, Settings settings) {
    this.store = store;
    this.settings = settings;
  }

  /**
   * A document as it stands in the store.
   *
   * @param revision null if it is not there
   * @param bytes its size
   */
  record Entry(Document document, @Nullable String revision, @Nullable Instant dueAt, long bytes) {}

  Optional<Entry> read(DocumentKey key) {
    return store
        .read(key)
        .map(
            stored ->
                new Entry(
                    document(key, stored),
                    stored.revision(),
                    stored.document().summary().dueAt(),
                    stored.document().content().length));
  }

  /** Whoever can write to the store must not give one tenant what is another's. */
  private static Document document(DocumentKey key, StateStore.Versioned stored) {
    Document document = DocumentFormat.read(stored.document().content(), key.toString());
    if (!document.installation().equals(key.installation())
        || !document.plan().equals(key.plan())
        || !document.tenant().equals(key.tenant().value())) {
      throw new StateStoreException(
          "The state of "
              + key
              + " is that of "
              + Shown.line(
                  document.installation() + "/" + document.plan() + "/" + document.tenant())
              + ": it was copied or moved. It was left as it is and nothing was changed. Restore it"
              + " from a backup of the store.");
    }
    return document;
  }

  Entry readOrBlank(DocumentKey key) {
    return read(key)
        .orElseGet(
            () ->
                new Entry(
                    Document.blank(key.installation(), key.plan(), key.tenant().value()),
                    null,
                    null,
                    0));
  }

  /**
   * Writes a document over an entry.
   *
   * @return the entry as it stands now, or empty if somebody else wrote meanwhile
   * @throws StateStoreException if the store is lost; it was asked whether the write happened
   */
  Optional<Entry> write(DocumentKey key, Entry over, Document document) {
    Instant due = dueAt(document, over.dueAt());
    StateDocument stored =
        new StateDocument(DocumentFormat.write(document), summary(document, due));
    try {
      return store
          .write(key, over.revision(), stored)
          .map(revision -> new Entry(document, revision, due, stored.content().length));
    } catch (StateStoreException e) {
      return afterLostResponse(key, document, due, e);
    }
  }

  private Optional<Entry> afterLostResponse(
      DocumentKey key, Document document, @Nullable Instant due, StateStoreException lost) {
    Optional<StateStore.Versioned> found;
    try {
      found = store.read(key);
    } catch (StateStoreException e) {
      lost.addSuppressed(e);
      throw lost;
    }
    if (found.isPresent()) {
      Document there = document(key, found.get());
      if (there.writeId().equals(document.writeId())) {
        int bytes = found.get().document().content().length;
        return Optional.of(new Entry(document, found.get().revision(), due, bytes));
      }
    }
    throw lost;
  }

  /**
   * Writes signals, without the lease and without touching anything else.
   *
   * @return the entry as it stands afterwards, or empty if there is no document or nothing to
   *     change
   */
  Optional<Entry> signal(DocumentKey key, Function<Document, @Nullable Signals> change) {
    return change(
        key,
        document -> {
          Signals signals = change.apply(document);
          return signals == null ? null : document.signals(signals);
        });
  }

  /**
   * Writes a change that needs no lease: of signals, or of the outbox while nobody holds the lease.
   *
   * @return as {@link #signal}
   */
  Optional<Entry> change(DocumentKey key, Function<Document, @Nullable Document> change) {
    while (true) {
      Optional<Entry> read = read(key);
      Document document = read.map(Entry::document).orElse(null);
      Document changed = document == null ? null : change.apply(document);
      if (document == null || changed == null) {
        return Optional.empty();
      }
      Document next = changed.written(document.lease(), document.token(), newWriteId());
      Optional<Entry> written = write(key, read.get(), next);
      if (written.isPresent()) {
        return written;
      }
    }
  }

  static String newWriteId() {
    return UUID.randomUUID().toString();
  }

  private Summary summary(Document document, @Nullable Instant due) {
    RunStatus run = document.run() == null ? RunStatus.SUCCEEDED : document.run().status();
    return new Summary(
        document.lifecycle(), run, document.planVersion(), due, settings.clock().instant());
  }

  /**
   * When somebody must look again. While a run is leased that is when the holder should have given
   * a sign of life; it is moved rarely, since a store keeps an index by it.
   */
  private @Nullable Instant dueAt(Document document, @Nullable Instant before) {
    Instant now = settings.clock().instant();
    if (document.lease() != null) {
      boolean soonEnough =
          before != null
              && before.isAfter(now)
              && before.isBefore(now.plus(settings.lease().multipliedBy(2)));
      return soonEnough ? before : now.plus(settings.heartbeat().multipliedBy(2));
    }
    return Timers.earlier(workAt(document, now), toldAt(document, now));
  }

  /** Returns when somebody must take the lease, or null. */
  private @Nullable Instant workAt(Document document, Instant now) {
    boolean heldBack = settings.holdsBack(document);
    if (document.underWay()) {
      Instant next = Timers.next(document, heldBack);
      boolean atOnce = document.signals().cancel() != null || (next == null && !heldBack);
      return atOnce ? now : next;
    }
    if (heldBack) {
      return null;
    }
    if (!document.signals().requests().isEmpty()) {
      return now;
    }
    // A purge that failed is not begun again by itself.
    boolean toPurge =
        document.lifecycle() == Lifecycle.RETAINED
            && document.run() != null
            && document.run().kind() == RunRecord.Kind.DEPROVISION;
    return toPurge ? document.retainedUntil() : null;
  }

  /** Returns when others must tell what waits, in case that the writer does not; or null. */
  private @Nullable Instant toldAt(Document document, Instant now) {
    Outbox outbox = document.outbox();
    Instant again = outbox.dueAt() == null ? now.plus(settings.lease()) : outbox.dueAt();
    return outbox.empty() ? null : again;
  }

  /** Returns a lease for a holder's next write. */
  Lease renewed(Document document, String holder) {
    long beat = document.lease() == null ? 1 : document.lease().heartbeat() + 1;
    return new Lease(holder, beat, settings.lease().toMillis());
  }
}
