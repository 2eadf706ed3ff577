package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps state documents. One write primitive, compare-and-set on an opaque revision, carries
 * everything the engine needs: durability, optimistic concurrency, leases, fencing.
 *
 * <p>Rules for implementations, which the testkit's contract suite checks:
 *
 * <ul>
 *   <li>Thread-safe, and safe against other processes on the same data.
 *   <li>A write that returned a revision survives a crash of process and machine (as far as the
 *       medium promises it) and is seen by every later read, from every process.
 *   <li>Of writes that race for the same expected revision, exactly one succeeds.
 *   <li>A revision is never used again for the same key.
 *   <li>What cannot be read whole is reported, never returned half and never taken for absent.
 * </ul>
 *
 * <p>All methods may block. A store is closed by whoever opened it, after the engines on it.
 */
public interface StateStore extends AutoCloseable {

  /**
   * Reads a document.
   *
   * @return the document and its revision, or empty if there is none
   * @throws StateStoreException if the store does not answer or the document is damaged
   */
  Optional<Versioned> read(DocumentKey key);

  /**
   * Writes a document if nobody else has.
   *
   * @param expected the revision that was read; null if there must be no document yet
   * @param document what to write, or null to delete
   * @return the new revision; after a deletion any text; empty if the document is not at the
   *     expected revision, in which case nothing was written
   * @throws StateStoreException if the store did not answer; the write may have happened
   * @throws IllegalArgumentException if both {@code expected} and {@code document} are null
   */
  Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document);

  /**
   * Returns documents that are due, the longest overdue first, across all plans of an installation.
   * One that is written meanwhile may or may not be among them, in its old or new form; none that
   * is due and not written meanwhile is left out.
   *
   * @param until documents with {@code dueAt} at or before this
   * @param limit at most this many, 1 to 10,000
   */
  List<Listed> due(String installation, Instant until, int limit);

  /**
   * Returns documents in an order that does not change, a page at a time. A document that exists
   * from the first page to the last is returned exactly once, whatever is written meanwhile.
   *
   * @param cursor null for the first page, else the last page's {@link Page#next()}
   * @param limit at most this many, 1 to 10,000; a page may hold fewer and still have a next one
   */
  Page list(Query query, @Nullable String cursor, int limit);

  /**
   * Announces an engine by its id, so that others can tell when it is dead. Optional: a store on
   * one machine can know at once (a file lock that the operating system releases), others leave it
   * to the lease.
   *
   * @return closed when the engine ends
   */
  default AutoCloseable announce(String engineId) {
    return () -> {};
  }

  /**
   * Returns whether an engine that was announced here is certainly dead: its process ended. False
   * means alive or unknown.
   */
  default boolean certainlyDead(String engineId) {
    return false;
  }

  /** Releases what the store holds. Doing so twice is harmless. */
  @Override
  void close();

  /** A document and the revision it was read at. */
  record Versioned(StateDocument document, String revision) {}

  /** A document's key and summary. */
  record Listed(DocumentKey key, Summary summary) {}

  /**
   * A page of a listing.
   *
   * @param next the cursor of the next page, or null if this is the last
   */
  record Page(List<Listed> documents, @Nullable String next) {
    /** Copies the documents. */
    public Page {
      documents = List.copyOf(documents);
    }
  }

  /**
   * What to list; null means any.
   *
   * @param installation the installation
   */
  record Query(
      String installation,
      @Nullable String plan,
      Summary.@Nullable Lifecycle lifecycle,
      Summary.@Nullable RunStatus run) {

    /** Returns the query for all documents of an installation. */
    public static Query all(String installation) {
      return new Query(installation, null, null, null);
    }

    /** Returns whether a document is wanted. */
    public boolean matches(DocumentKey key, Summary summary) {
      return key.installation().equals(installation)
          && (plan == null || key.plan().equals(plan))
          && (lifecycle == null || summary.lifecycle() == lifecycle)
          && (run == null || summary.run() == run);
    }
  }
}
