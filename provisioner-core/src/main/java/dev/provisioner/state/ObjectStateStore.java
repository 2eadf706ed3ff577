package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ObjectBucket.Names;
import dev.provisioner.state.ObjectBucket.RejectedException;
import dev.provisioner.state.ObjectDocuments.Stored;
import dev.provisioner.state.ObjectDocuments.Writing;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * listing, and a read of 4 KB for each document that is due; {@link #list} a listing for each 1,000
 * names and such a read for each document looked at, one after the other. A deletion leaves an
 * object of some 400 bytes for ever, so that a write that is late cannot bring the document back;
 * engines do not delete documents.
 *
 * <p><strong>Objects.</strong> Tenant ids never become names: what is not plainly safe is hashed,
 * and every object holds its key and checksums, which are checked.
 *
 * <p><strong>Errors.</strong> {@link StateStoreException} names the object and says what stands and
 * what to do; {@link IllegalStateException} after {@link #close}.
 */
public final class ObjectStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStateStore.class);
  private static final int LISTED_AT_ONCE = 1_000;
  private static final Pattern CURSOR = Pattern.compile("([^/]+)/([^/]+)");
  private static final String NOTHING_CHANGED = "Nothing was changed.";
  private static final String IN_DOUBT =
      "It may or may not have been written: read it again before anything else.";
  private static final String NOTHING_WRITTEN =
      "Nothing was written; what was recorded before stands.";

  private final ObjectBucket bucket;
  private final ObjectDocuments documents;

  /** Those that were logged; not again at every search. */
  private final Set<DocumentPlace> damagedObjects = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  private ObjectStateStore(ObjectBucket bucket) {
    this.bucket = bucket;
    this.documents = new ObjectDocuments(bucket);
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
      throw damaged(place, e);
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
      throw damaged(DocumentPlace.of(key), e);
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
    Map<DocumentKey, Listed> found = new LinkedHashMap<>();
    List<StateStoreException> damages = new ArrayList<>();
    String name = FileNames.of(installation);
    String after = null;
    try {
      while (true) {
        Names names =
            bucket.list(ObjectMarker.directory(name), after, Math.min(limit, LISTED_AT_ONCE));
        for (ObjectMarker.OfPlace marked : ObjectMarker.parse(name, names.names())) {
          if (found.size() == limit || marked.marker().millis() > DueTimes.indexed(until)) {
            return orThrow(found, damages);
          }
          look(marked, until, found, damages);
        }
        if (!names.more()) {
          return orThrow(found, damages);
        }
        after = names.names().get(names.names().size() - 1);
      }
    } catch (IOException e) {
      throw cannot("look for documents of '" + installation + "' that are due", NOTHING_CHANGED, e);
    }
  }

  private static List<Listed> orThrow(
      Map<DocumentKey, Listed> found, List<StateStoreException> damages) {
    if (found.isEmpty() && !damages.isEmpty()) {
      throw damages.get(0);
    }
    return List.copyOf(found.values());
  }

  private void look(
      ObjectMarker.OfPlace marked,
      Instant until,
      Map<DocumentKey, Listed> found,
      List<StateStoreException> damages)
      throws IOException {
    ObjectMarker marker = marked.marker();
    DocumentPlace place = marked.place();
    try {
      Header header = documents.header(place).map(Stored::header).orElse(null);
      damagedObjects.remove(place);
      if (header != null && marker.equals(ObjectMarker.of(header))) {
        if (DueTimes.isDue(header.summary().dueAt(), until)) {
          found.putIfAbsent(header.key(), new Listed(header.key(), header.summary()));
        }
      } else if (!Objects.equals(marker.before(), header == null ? null : header.revision())) {
        documents.forget(marker, place); // else its document may be on its way
      }
    } catch (Damaged e) {
      StateStoreException damage = damaged(place, e);
      if (damagedObjects.add(place)) {
        LOG.error("Passed over a document that is due. {}", damage.getMessage());
      }
      damages.add(damage);
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
    if (cursor != null && !CURSOR.matcher(cursor).matches()) {
      throw new IllegalArgumentException(
          "Not a cursor of this store: '" + cursor + "'. Pass Page.next() unchanged.");
    }
    try {
      return page(query, cursor, limit);
    } catch (IOException e) {
      throw cannot("list the documents of '" + query.installation() + "'", NOTHING_CHANGED, e);
    }
  }

  private Page page(Query query, @Nullable String cursor, int limit) throws IOException {
    String installation = FileNames.of(query.installation());
    String directory = ObjectDocuments.directory(installation);
    String prefix = query.plan() == null ? directory : directory + FileNames.of(query.plan()) + "/";
    String last = cursor == null ? null : directory + cursor;
    // Of a few names many may not be wanted, and a listing costs more than what it lists.
    boolean mostAreWanted = query.lifecycle() == null && query.run() == null;
    Names names =
        bucket.list(prefix, last, mostAreWanted ? Math.min(limit, LISTED_AT_ONCE) : LISTED_AT_ONCE);
    List<Listed> found = new ArrayList<>();
    boolean more = names.more();
    for (String name : names.names()) {
      if (found.size() == limit) {
        more = true;
        break;
      }
      Listed listed = look(installation, name.substring(directory.length()));
      if (listed != null && query.matches(listed.key(), listed.summary())) {
        found.add(listed);
      }
      last = name;
    }
    return new Page(found, more && last != null ? last.substring(directory.length()) : null);
  }

  private @Nullable Listed look(String installation, String planAndTenant) throws IOException {
    String[] parts = planAndTenant.split("/", -1);
    if (parts.length != 2 || !FileNames.isName(parts[0]) || !FileNames.isName(parts[1])) {
      return null; // not ours
    }
    DocumentPlace place = new DocumentPlace(installation, parts[0], parts[1]);
    try {
      return documents
          .header(place)
          .map(Stored::header)
          .filter(header -> !header.trace().deleted())
          .map(header -> new Listed(header.key(), header.summary()))
          .orElse(null);
    } catch (Damaged e) {
      throw damaged(place, e);
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

  private StateStoreException damaged(DocumentPlace place, Damaged e) {
    return new StateStoreException(
        "The state object "
            + bucket.label()
            + ObjectDocuments.name(place)
            + " cannot be read: "
            + e.getMessage()
            + ". It was left as it is; no other tenant is affected. Restore it from an earlier"
            + " version or a backup, or delete it and see to the tenant's resources by hand.",
        e);
  }
}
