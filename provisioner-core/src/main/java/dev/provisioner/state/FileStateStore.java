package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DueIndex.Marker;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps state documents in a directory of a local file system: the store of hosts that run on one
 * machine. Needs no server and no other library.
 *
 * <p><strong>Shared use.</strong> Thread-safe. Any number of instances, in one process or in
 * several on the same machine, may have the same directory open: file locks keep their writes
 * apart, and reads take no lock. Not for network file systems, whose locks and renames promise
 * less. In one JVM the library must be loaded by one class loader only, because POSIX locks belong
 * to processes.
 *
 * <p><strong>Crashes.</strong> A document is written to a file beside the old one, synced, and
 * renamed over it; the directory is synced before the write returns. A crash of the process or the
 * machine at any instant leaves the old or the new document, whole. What a crash leaves behind (a
 * prepared file, a stale marker of the due index, an empty directory) is never taken for state and
 * is removed in passing. A file that was torn or altered in some other way fails its checksum and
 * is reported, never taken for absent. A write whose process was killed before it returned may be
 * seen by a read and still be undone if the machine crashes too; the next write ends that.
 *
 * <p><strong>Costs.</strong> A replacement syncs one file and one directory; one more directory
 * when {@code dueAt} changes (two when the first document enters an hour of the index); a first
 * write one or two more. A deletion syncs one directory. {@link #due} reads the names of the hours
 * that are over or under way and the headers of the documents that are due. {@link #list} orders by
 * file name, which is the tenant's id hashed, and reads headers.
 *
 * <p><strong>Files.</strong> Readable by their owner only (0700, 0600) where the file system is
 * POSIX. Tenant ids never become paths: what is not plainly safe is hashed, and every file holds
 * its key, which is checked. On Windows directories cannot be synced; a crash of the machine can
 * undo the last writes there, though it cannot tear them.
 *
 * <p><strong>Errors.</strong> {@link StateStoreException} names the file and says what stands and
 * what to do; {@link IllegalStateException} after {@link #close}. An interrupt does not end a
 * write: it is completed and the thread's flag kept, so that an engine that is being shut down can
 * still record where it stands. Waiting for a lock ends after 30 seconds.
 */
public final class FileStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileStateStore.class);
  private static final Duration LOCK_WAIT = Duration.ofSeconds(30);
  private static final String IN_DOUBT =
      "It may or may not have been written: read it again before anything else.";

  private final StoreDirectory directory;
  private final Path root;
  private final LockFiles locks;
  private final Duration lockWait;
  private final DueIndex dueIndex;
  private final Documents documents;
  private final DocumentPages pages;
  private final Engines engines;

  /** Those that were logged; not again at every search. */
  private final Set<DocumentPlace> damagedFiles = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;
  private boolean released; // guarded by this

  private FileStateStore(StoreDirectory directory, LockFiles locks, Duration lockWait) {
    this.directory = directory;
    this.root = directory.root();
    this.locks = locks;
    this.lockWait = lockWait;
    this.dueIndex = new DueIndex(root, directory.disk());
    this.documents = new Documents(directory, dueIndex);
    this.pages = new DocumentPages(directory, documents);
    this.engines = new Engines(root.resolve("engines"), directory.disk(), locks, lockWait);
  }

  /**
   * Opens the store in a directory; makes the directory if it is not there.
   *
   * @param directory a local directory that is new, empty, or was made by this method
   * @throws StateStoreException if it cannot be a store: a file, not writable, filled with other
   *     things, or laid out by another release
   */
  public static FileStateStore open(Path directory) {
    StoreDirectory.requireDefaultFileSystem(directory);
    return open(directory, LOCK_WAIT);
  }

  static FileStateStore open(Path directory, Duration lockWait) {
    StoreDirectory opened = StoreDirectory.open(directory);
    try {
      opened.make(opened.root().resolve("installations"));
      opened.make(opened.root().resolve("engines"));
      Path locks = opened.root().resolve("locks");
      opened.make(locks);
      return new FileStateStore(opened, LockFiles.acquire(locks, opened.disk()), lockWait);
    } catch (IOException e) {
      throw Failures.cannotWrite(
          "open a file state store at " + opened.root(), "No state was changed.", e, opened.root());
    }
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    requireOpen();
    DocumentPlace place = DocumentPlace.of(key);
    try {
      return documents.read(place, key);
    } catch (Damaged e) {
      throw Failures.damaged(place.file(root), e);
    } catch (IOException e) {
      throw Failures.cannot("read the state of " + key, "Nothing was changed.", e);
    }
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    if (expected == null && document == null) {
      throw new IllegalArgumentException(
          "Nothing to write and nothing to delete: pass a document, or the revision to delete.");
    }
    requireOpen();
    DocumentPlace place = DocumentPlace.of(key);
    String stands = "Nothing was written; what was recorded before stands.";
    try (LockFile.Held held = locks.of(place).lock(lockWait)) {
      directory.requirePresent();
      Header current = documents.header(place).orElse(null);
      if (!Objects.equals(expected, current == null ? null : current.revision())) {
        return Optional.empty();
      }
      if (document == null) {
        stands = IN_DOUBT;
        documents.delete(place, Objects.requireNonNull(current));
        return Optional.of("deleted");
      }
      // Random, because nothing is remembered of a deleted document that a count could go on from.
      String revision = UUID.randomUUID().toString();
      StateDocument kept = new StateDocument(document.content(), DueTimes.kept(document.summary()));
      documents.prepare(place, key, revision, kept, current);
      stands = IN_DOUBT;
      documents.replace(place, kept.summary(), current);
      return Optional.of(revision);
    } catch (Damaged e) {
      throw Failures.damaged(place.file(root), e);
    } catch (IOException e) {
      throw Failures.cannotWrite("write the state of " + key, stands, e, root);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A document that is damaged or cannot be read must not keep the others from being looked
   * after: it is logged as an error, once, and passed over, and thrown only if nothing else is due.
   */
  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    Limits.check(limit);
    requireOpen();
    Map<DocumentKey, Listed> found = new LinkedHashMap<>();
    List<StateStoreException> damages = new ArrayList<>();
    String name = FileNames.of(installation);
    try {
      for (String bucket : dueIndex.buckets(name, until)) {
        for (Marker marker : dueIndex.markers(name, bucket, until)) {
          if (found.size() == limit) {
            return List.copyOf(found.values());
          }
          look(marker, until, found, damages);
        }
        dueIndex.removeIfOld(name, bucket);
      }
      directory.requirePresent();
    } catch (IOException e) {
      throw Failures.cannot(
          "look for documents of '" + installation + "' that are due", "Nothing was changed.", e);
    }
    if (found.isEmpty() && !damages.isEmpty()) {
      throw damages.get(0);
    }
    return List.copyOf(found.values());
  }

  private void look(
      Marker marker,
      Instant until,
      Map<DocumentKey, Listed> found,
      List<StateStoreException> damages)
      throws IOException {
    Path file = marker.place().file(root);
    try {
      Header header = documents.header(marker.place()).orElse(null);
      damagedFiles.remove(marker.place());
      if (header == null || !marker.equals(Marker.of(marker.place(), header.summary()))) {
        removeStale(marker);
      } else if (DueTimes.isDue(header.summary().dueAt(), until)) {
        found.putIfAbsent(header.key(), new Listed(header.key(), header.summary()));
      }
    } catch (Damaged e) {
      passOver(marker, Failures.damaged(file, e), damages);
    } catch (IOException e) {
      directory.requireReadable();
      String stands = "It was left as it is; no other tenant is affected.";
      passOver(marker, Failures.cannot("read the state file " + file, stands, e), damages);
    }
  }

  private void passOver(
      Marker marker, StateStoreException damage, List<StateStoreException> damages) {
    if (damagedFiles.add(marker.place())) {
      LOG.error("Passed over a document that is due. {}", damage.getMessage());
    }
    damages.add(damage);
  }

  /**
   * Removes a marker if it still is stale when nobody can be between writing it and its document.
   */
  private void removeStale(Marker marker) {
    try {
      Optional<LockFile.Held> lock = locks.of(marker.place()).tryLock();
      if (lock.isEmpty()) {
        return; // somebody is writing; the marker may be of that write
      }
      try (LockFile.Held held = lock.get()) {
        Header header = documents.header(marker.place()).orElse(null);
        if (header == null || !marker.equals(Marker.of(marker.place(), header.summary()))) {
          // Else a crash of the machine could bring back the document that needs this marker.
          documents.settle(marker.place());
          dueIndex.remove(marker);
        }
      }
    } catch (IOException e) {
      LOG.debug("Left the stale marker {}, which is harmless.", marker, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>In the order of file names: by plan and then by a hash of the tenant. A damaged document is
   * thrown, as a listing without it would be wrong.
   */
  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    Limits.check(limit);
    requireOpen();
    try {
      return pages.page(query, cursor, limit);
    } catch (IOException e) {
      throw Failures.cannot(
          "list the documents of '" + query.installation() + "'", "Nothing was changed.", e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The engine counts as dead as soon as its announcement is closed, this store is closed, or
   * its process has ended in whatever way.
   *
   * @throws StateStoreException if a living engine has this id
   */
  @Override
  public AutoCloseable announce(String engineId) {
    requireOpen();
    try {
      engines.announce(engineId);
    } catch (IOException e) {
      throw Failures.cannotWrite(
          "announce engine '" + engineId + "'", "No state was changed.", e, root);
    }
    return () -> end(engineId);
  }

  private void end(String engineId) {
    try {
      engines.end(engineId);
    } catch (IOException e) {
      throw Failures.cannot(
          "end the announcement of engine '" + engineId + "'",
          "Until then, or until this store is closed, others take it to be alive.",
          e);
    }
  }

  @Override
  public boolean certainlyDead(String engineId) {
    requireOpen();
    try {
      boolean dead = engines.certainlyDead(engineId);
      directory.requirePresent();
      return dead;
    } catch (IOException e) {
      throw Failures.cannot(
          "tell whether engine '" + engineId + "' is dead", "Nothing was changed.", e);
    }
  }

  /**
   * Closes the files once no write of this process uses them. Later calls are refused, except this
   * one, which goes on where an error ended it.
   */
  @Override
  public synchronized void close() {
    closed = true;
    if (released) {
      return;
    }
    try {
      engines.close();
    } catch (IOException e) {
      throw Failures.cannot("close the file state store at " + root, "All writes stand.", e);
    }
    locks.release();
    released = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The file state store at "
              + root
              + " is closed. Close it after the engines on it, or open it again.");
    }
  }
}
