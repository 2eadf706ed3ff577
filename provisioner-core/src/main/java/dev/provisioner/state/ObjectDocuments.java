package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ObjectBucket.Content;
import dev.provisioner.state.ObjectBucket.Put;
import dev.provisioner.state.ObjectBucket.RejectedException;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import dev.provisioner.state.StateFile.Trace;
import dev.provisioner.state.StateStore.Versioned;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes documents in a bucket by conditional writes alone.
 *
 * <p><strong>A write</strong> has an id, which its object holds. So no two writes have the same
 * bytes and no tag comes again; and a writer that is told of a conflict can tell whether it lost to
 * itself: to a try whose answer was lost on the way.
 *
 * <p><strong>Nothing is ever absent again.</strong> A deletion leaves an object that says so. So
 * "there was nothing" holds of a key only before its first write, and is as good as a revision.
 *
 * <p><strong>The due index.</strong> A marker is put before the document that needs it and removed
 * after the next document is. Its name says which write it belongs to and which revision that
 * replaces. While the document is at that revision, the write may still come, and the marker stays.
 * Once it is at another, the write came or never will, and the document's header says whether the
 * marker is still needed. No clock and no lock is asked.
 */
final class ObjectDocuments {
  /** As many as a bucket lists in one request. */
  static final int LISTED_AT_ONCE = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(ObjectStateStore.class);
  private static final byte[] EMPTY = {};

  private final ObjectBucket bucket;

  ObjectDocuments(ObjectBucket bucket) {
    this.bucket = bucket;
  }

  /** A document's header and the tag of its object. */
  record Stored(Header header, String tag) {}

  /** Whether the document was written cannot be told. */
  static final class InDoubtException extends IOException {
    InDoubtException(String message) {
      super(message);
    }
  }

  static String directory(String installation) {
    return installation + "/state/";
  }

  static String name(DocumentPlace place) {
    return directory(place.installation()) + place.plan() + "/" + place.tenant();
  }

  /** Reads a document's header alone; empty if there never was a document. */
  Optional<Stored> header(DocumentPlace place) throws IOException {
    String name = name(place);
    Optional<Content> start = bucket.get(name, StateFile.USUAL_START);
    if (start.isEmpty()) {
      return Optional.empty();
    }
    Content content = start.get();
    int length = StateFile.headLength(content.bytes());
    if (length > content.bytes().length && content.bytes().length == StateFile.USUAL_START) {
      // Some more, as the object may be replaced by one with a longer header.
      content = bucket.get(name, length + StateFile.USUAL_START).orElse(content);
    }
    return Optional.of(stored(place, content));
  }

  /** Reads a document whole. */
  Optional<Versioned> read(DocumentPlace place) throws IOException {
    Optional<Content> content = bucket.get(name(place), null);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    Stored stored = stored(place, content.get());
    StateDocument document = StateFile.document(stored.header(), content.get().bytes());
    return stored.header().trace().deleted()
        ? Optional.empty()
        : Optional.of(
            new Versioned(document, ObjectRevision.of(stored.header(), stored.tag()).toString()));
  }

  private static Stored stored(DocumentPlace place, Content content) throws Damaged {
    Header header = StateFile.header(content.bytes());
    if (!DocumentPlace.of(header.key()).equals(place)) {
      throw new Damaged(
          "it holds the state of " + header.key() + ", so it was copied or moved here");
    }
    return new Stored(header, content.tag());
  }

  StateStoreException damaged(DocumentPlace place, Damaged e) {
    return new StateStoreException(
        "The state object "
            + bucket.label()
            + name(place)
            + " cannot be read: "
            + e.getMessage()
            + ". It was left as it is; no other tenant is affected. Restore it from an earlier"
            + " version or a backup, or delete it and see to the tenant's resources by hand.",
        e);
  }

  /** Begins a write: all that is sent, but for the marker. Sends nothing. */
  Writing writing(
      DocumentKey key, @Nullable ObjectRevision over, @Nullable StateDocument document) {
    return new Writing(key, over, document);
  }

  /** One write, from the marker to what became of it. */
  final class Writing {
    private final DocumentKey key;
    private final DocumentPlace place;
    private final @Nullable ObjectRevision over;
    private final @Nullable StateDocument document;
    private final String id = UUID.randomUUID().toString().replace("-", "");
    private final @Nullable ObjectMarker marker;
    private @Nullable Stored lostTo;

    private Writing(
        DocumentKey key, @Nullable ObjectRevision over, @Nullable StateDocument document) {
      this.key = key;
      this.place = DocumentPlace.of(key);
      this.over = over;
      this.document = document;
      this.marker = marker(document == null ? null : document.summary().dueAt());
    }

    private @Nullable ObjectMarker marker(@Nullable Instant dueAt) {
      if (dueAt == null) {
        return null;
      }
      long millis = DueTimes.indexed(dueAt);
      ObjectMarker there = over == null ? null : over.marker();
      return there != null && there.millis() == millis
          ? there
          : new ObjectMarker(millis, over == null ? null : over.id(), id);
    }

    private boolean ownsMarker() {
      return marker != null && marker.id().equals(id);
    }

    /** Puts the marker, if this write needs another than is there. */
    void prepare() throws IOException {
      if (marker != null && ownsMarker()) {
        bucket.putIfAbsent(marker.name(place), EMPTY); // who else could have put it?
      }
    }

    /**
     * Puts the document.
     *
     * @return its revision, or empty if it is not at the expected one and nothing was written
     * @throws InDoubtException if it may have been written and replaced since
     */
    Optional<ObjectRevision> put() throws IOException {
      byte[] bytes = bytes();
      String name = name(place);
      Put put =
          over == null
              ? bucket.putIfAbsent(name, bytes)
              : bucket.putIfUnchanged(name, over.tag(), bytes);
      if (put instanceof Put.Done done) {
        return Optional.of(new ObjectRevision(id, done.tag(), marker));
      }
      return afterConflict(((Put.Conflict) put).nothingWritten());
    }

    private Optional<ObjectRevision> afterConflict(boolean nothingWritten) throws IOException {
      Stored there = readBack().orElse(null);
      if (there == null) {
        return Optional.empty();
      }
      if (there.header().revision().equals(id)) {
        return Optional.of(new ObjectRevision(id, there.tag(), marker));
      }
      lostTo = there;
      Trace trace = there.header().trace();
      boolean followsThis =
          id.equals(trace.before())
              || (marker != null && ownsMarker() && marker.stamp().equals(trace.marker()));
      // Who replaced what this write was to replace came first.
      boolean another = Objects.equals(trace.before(), over == null ? null : over.id());
      if (followsThis || (!nothingWritten && !another)) {
        throw new InDoubtException(
            "The answer of "
                + bucket.label()
                + " was lost, and somebody else has written to "
                + name(place)
                + " since.");
      }
      return Optional.empty();
    }

    private Optional<Stored> readBack() throws IOException {
      try {
        return header(place);
      } catch (RejectedException e) {
        throw new IOException(e.getMessage(), e); // the reading was rejected, not the write
      }
    }

    /** Returns the revision at which the document turned out to be deleted, if it did. */
    Optional<ObjectRevision> deletedAt() {
      return Optional.ofNullable(lostTo)
          .filter(there -> there.header().trace().deleted())
          .map(there -> ObjectRevision.of(there.header(), there.tag()));
    }

    private byte[] bytes() {
      StateDocument kept = document == null ? deleted() : document;
      Trace trace =
          new Trace(
              over == null ? null : over.id(),
              marker == null ? null : marker.stamp(),
              document == null);
      byte[] head = StateFile.head(key, id, kept, trace);
      byte[] content = kept.content();
      byte[] whole = Arrays.copyOf(head, head.length + content.length);
      System.arraycopy(content, 0, whole, head.length, content.length);
      return whole;
    }

    private static StateDocument deleted() {
      return new StateDocument(
          EMPTY,
          new Summary(
              Summary.Lifecycle.PURGED, Summary.RunStatus.SUCCEEDED, 0, null, Instant.now()));
    }

    /** Removes the marker that is needed no more: of what was replaced, or else this write's. */
    void tidy(boolean written) {
      ObjectMarker needless = written ? (over == null ? null : over.marker()) : marker;
      boolean stillNeeded = written ? Objects.equals(needless, marker) : !ownsMarker();
      if (needless != null && !stillNeeded) {
        forget(needless, place);
      }
    }
  }

  /** Removes a marker; one that cannot be removed is stale and found out later. */
  void forget(ObjectMarker marker, DocumentPlace place) {
    try {
      bucket.delete(marker.name(place));
    } catch (IOException e) {
      LOG.debug("Left the stale marker {}; due() will remove it.", marker.name(place), e);
    }
  }
}
