package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ObjectBucket.RejectedException;
import dev.provisioner.state.ObjectDocuments.Writing;
import dev.provisioner.state.StateFile.Damaged;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps state documents as objects in a bucket; needs nothing beside it, no lock and no table. A
 * host uses it through a module that knows its service, such as {@code S3StateStore}.
 *
 * <p><strong>Shared use.</strong> Thread-safe. Any number of instances on any machines may use the
 * same bucket. Their writes are kept apart by the bucket's conditional writes alone; no clocks are
 * compared.
 *
 * <p><strong>Lost answers.</strong> Every write carries an id. A write that is told of a conflict
 * looks whether what it lost to is itself. If the answer was lost for good, or somebody has already
 * written over what this write may have written, {@link #write} throws: the write may have
 * happened.
 *
 * <p><strong>Costs</strong> in requests. A read is one. A write is one; two more when {@code dueAt}
 * changes (an empty object is put, another deleted), one more when it loses. {@link #due} is one
 * listing, and a read of at most 4 KB for each document that is due; {@link #list} a listing for
 * each page or 1,000 names, and such a read for each document looked at. Up to eight of these reads
 * are sent at once. A deletion leaves an object of some 400 bytes for ever, so that a write that is
 * late cannot bring the document back; engines do not delete documents.
 *
 * <p><strong>Objects.</strong> Tenant ids never become names: what is not plainly safe is hashed,
 * and every object holds its key and checksums, which are checked.
 *
 * <p><strong>Errors.</strong> {@link StateStoreException} names the object and says what stands and
 * what to do; {@link IllegalStateException} after {@link #close}.
 */
public final class ObjectStateStore implements StateStore {
  private static final String NOTHING_CHANGED = "Nothing was changed.";
  private static final String IN_DOUBT =
      "It may or may not have been written: read it again before anything else.";
  private static final String NOTHING_WRITTEN =
      "Nothing was written; what was recorded before stands.";

  private final ObjectBucket bucket;
  private final ObjectDocuments documents;
  private final ObjectDueSearch due;
  private final ObjectListing listing;
  private volatile boolean closed;

  private ObjectStateStore(ObjectBucket bucket) {
    this.bucket = bucket;
    this.documents = new ObjectDocuments(bucket);
    this.due = new ObjectDueSearch(bucket, documents);
    this.listing = new ObjectListing(bucket, documents);
  }

  /**
   * Opens the store, after it has tried with objects of its own whether the bucket keeps the
   * conditions of conditional writes, and lists and deletes. Leaves nothing behind.
   *
   * @param bucket not closed by this store
   * @throws StateStoreException if the bucket cannot be used, or ignores conditions
   */
  public static ObjectStateStore open(ObjectBucket bucket) {
    try {
      ObjectProbe.run(bucket);
    } catch (IOException e) {
      throw cannot("open a state store at " + bucket.label(), "No state was changed.", e);
    }
    return new ObjectStateStore(bucket);
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    requireOpen();
    DocumentPlace place = DocumentPlace.of(key);
    try {
      return documents.read(place);
    } catch (Damaged e) {
      throw documents.damaged(place, e);
    } catch (IOException e) {
      throw cannot("read the state of " + key, NOTHING_CHANGED, e);
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
    StateDocument kept =
        document == null
            ? null
            : new StateDocument(document.content(), DueTimes.kept(document.summary()));
    if (expected != null) {
      return ObjectRevision.parse(expected)
          .flatMap(over -> write(documents.writing(key, over, kept), key));
    }
    Writing creation = documents.writing(key, null, kept);
    Optional<String> created = write(creation, key);
    return created.isPresent()
        ? created
        : creation.deletedAt().flatMap(over -> write(documents.writing(key, over, kept), key));
  }

  private Optional<String> write(Writing writing, DocumentKey key) {
    String stands = NOTHING_WRITTEN;
    try {
      writing.prepare();
      stands = IN_DOUBT;
      Optional<ObjectRevision> written = writing.put();
      writing.tidy(written.isPresent());
      return written.map(ObjectRevision::toString);
    } catch (Damaged e) {
      throw documents.damaged(DocumentPlace.of(key), e);
    } catch (IOException e) {
      boolean rejected = e instanceof RejectedException;
      throw cannot("write the state of " + key, rejected ? NOTHING_WRITTEN : stands, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A document that is damaged must not keep the others from being looked after: it is logged as
   * an error, once, and passed over, and thrown only if nothing else is due.
   */
  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    Limits.check(limit);
    requireOpen();
    try {
      return due.find(installation, until, limit);
    } catch (IOException e) {
      throw cannot("look for documents of '" + installation + "' that are due", NOTHING_CHANGED, e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>In the order of object names: by plan and then by tenant, hashed if its id is not plainly
   * safe. A damaged document is thrown, as a listing without it would be wrong.
   */
  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    Limits.check(limit);
    requireOpen();
    try {
      return listing.page(query, cursor, limit);
    } catch (IOException e) {
      throw cannot("list the documents of '" + query.installation() + "'", NOTHING_CHANGED, e);
    }
  }

  /** Refuses later calls, except this one. */
  @Override
  public void close() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The state store at "
              + bucket.label()
              + " is closed. Close it after the engines on it, or open it again.");
    }
  }

  private static StateStoreException cannot(String attempted, String stands, IOException e) {
    return new StateStoreException("Cannot " + attempted + ". " + e.getMessage() + " " + stands, e);
  }
}
