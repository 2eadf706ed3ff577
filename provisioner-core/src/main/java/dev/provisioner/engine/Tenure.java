package dev.provisioner.engine;

import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Lease;
import dev.provisioner.internal.machine.Machine;
import dev.provisioner.state.DocumentKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A document while this engine has, or is about to take, its lease: what is recorded of it, and
 * what is not recorded yet. Used within the turns of one driver, but for {@link #leaseIsFresh}.
 */
final class Tenure {
  private final Core core;
  private final DocumentKey key;
  private Ledger.Entry entry;
  private Document document;
  private boolean unsaved = true;
  private long unsavedBytes;
  private @Nullable Document inDoubt;

  /** When the last write began: from then on others count the lease. */
  private volatile long writtenAt;

  Tenure(Core core, DocumentKey key, Opening opening) {
    this.core = core;
    this.key = key;
    this.entry = opening.entry();
    Document read = entry.document();
    this.document =
        read.signals(opening.signals())
            .written(
                new Lease(core.engineId, 0, core.settings.lease().toMillis()),
                read.token() + 1,
                read.writeId());
  }

  Document document() {
    return document;
  }

  boolean unsaved() {
    return unsaved;
  }

  boolean leased() {
    return document.lease() != null;
  }

  void apply(Machine.Transition transition) {
    document = transition.document();
    unsaved |= transition.durable();
  }

  /** Takes room in the document, if there is so much. Returns how much there was. */
  long takeRoom(long bytes) {
    long room = core.settings.maxDocumentBytes() - entry.bytes() - unsavedBytes;
    if (bytes <= room) {
      unsavedBytes += bytes;
    }
    return room;
  }

  // ---- the lease

  boolean heartbeatDue() {
    return leased() && sinceWritten().compareTo(core.settings.heartbeat()) >= 0;
  }

  /** Returns whether the lease was renewed so lately that nobody can have taken it. */
  boolean leaseIsFresh() {
    return sinceWritten().compareTo(core.settings.heartbeat().multipliedBy(2)) < 0;
  }

  private Duration sinceWritten() {
    return Duration.ofNanos(core.settings.ticker().getAsLong() - writtenAt);
  }

  // ---- writing and reading

  /**
   * Records the document, with the lease renewed or given back.
   *
   * @return false if somebody else wrote meanwhile
   */
  boolean write(boolean release) {
    Lease lease = release ? null : core.ledger.renewed(document, core.engineId);
    Document next = document.written(lease, document.token(), Ledger.newWriteId());
    long began = core.settings.ticker().getAsLong();
    inDoubt = next;
    Optional<Ledger.Entry> written = core.ledger.write(key, entry, next);
    if (written.isEmpty()) {
      return false;
    }
    inDoubt = null;
    entry = written.get();
    document = next;
    unsaved = false;
    unsavedBytes = 0;
    writtenAt = began;
    return true;
  }

  /**
   * Reads again and keeps what others signalled.
   *
   * @return false if the lease has gone to another engine
   */
  boolean rebase() {
    Ledger.Entry fresh = core.ledger.read(key).orElse(null);
    if (fresh == null || fresh.document().token() != document.token()) {
      return false;
    }
    Document there = fresh.document();
    Lease lease = there.lease();
    if (lease == null) {
      // Given back, which only its holder does: by a write of ours that was not answered.
      if (inDoubt == null || inDoubt.lease() != null) {
        return false;
      }
      document = inDoubt.signals(there.signals());
      unsaved = false;
    } else if (lease.holder().equals(core.engineId)) {
      // The heartbeat is the one that others have seen, which a write in doubt may have raised.
      document =
          document
              .signals(there.signals().rebased(entry.document().signals(), document.signals()))
              .written(lease, document.token(), document.writeId());
    } else {
      return false;
    }
    entry = fresh;
    return true;
  }
}
