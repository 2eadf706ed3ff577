package dev.provisioner.state;

import dev.provisioner.state.DueIndex.Marker;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import dev.provisioner.state.StateStore.Versioned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and changes state files. Reading needs no lock, because a file is only ever replaced whole;
 * whoever changes a document holds its lock.
 */
final class Documents {
  private static final Logger LOG = LoggerFactory.getLogger(FileStateStore.class);

  /** As much is read at once; of a larger file as much as its header says. */
  private static final int LARGE = 16 << 20;

  private final StoreDirectory directory;
  private final Path root;
  private final Disk disk;
  private final DueIndex dueIndex;

  /** Those whose last change a crash of the machine may undo, as their directory was not synced. */
  private final Map<DocumentPlace, Object> unsettled = new ConcurrentHashMap<>();

  Documents(StoreDirectory directory, DueIndex dueIndex) {
    this.directory = directory;
    this.root = directory.root();
    this.disk = directory.disk();
    this.dueIndex = dueIndex;
  }

  /** Reads a document's header alone; empty if there is no document. */
  Optional<Header> header(DocumentPlace place) throws IOException {
    settleIfNeeded(place);
    Path file = place.file(root);
    try {
      byte[] start = disk.readStart(file, StateFile.USUAL_START);
      int length = StateFile.headLength(start);
      if (length > start.length && start.length == StateFile.USUAL_START) {
        // Some more, as the file may be replaced by one with a longer header.
        start = disk.readStart(file, Math.addExact(length, StateFile.USUAL_START));
      }
      return Optional.of(ofPlace(place, StateFile.header(start)));
    } catch (NoSuchFileException e) {
      directory.requirePresent();
      return Optional.empty();
    }
  }

  /** Reads a document whole. */
  Optional<Versioned> read(DocumentPlace place, DocumentKey key) throws IOException {
    settleIfNeeded(place);
    try {
      int atMost = LARGE;
      byte[] file = disk.readStart(place.file(root), atMost);
      Header header = ofPlace(place, StateFile.header(file));
      while (file.length == atMost && header.fileLength() >= atMost) {
        atMost = Math.addExact(header.fileLength(), 1);
        file = disk.readStart(place.file(root), atMost);
        header = ofPlace(place, StateFile.header(file));
      }
      if (!header.key().equals(key)) {
        throw new Damaged("it holds the state of " + header.key() + " and not of " + key);
      }
      return Optional.of(new Versioned(StateFile.document(header, file), header.revision()));
    } catch (NoSuchFileException e) {
      directory.requirePresent();
      return Optional.empty();
    }
  }

  /** Takes all steps of a write but the last: until {@link #replace} nothing can be seen of it. */
  void prepare(
      DocumentPlace place,
      DocumentKey key,
      String revision,
      StateDocument document,
      @Nullable Header current)
      throws IOException {
    if (current == null) {
      makeDirectories(place);
    }
    Marker marker = Marker.of(place, document.summary());
    if (marker != null && !marker.equals(marker(place, current))) {
      dueIndex.add(marker);
    }
    Path prepared = place.prepared(root);
    try {
      disk.writeSynced(
          prepared,
          ByteBuffer.wrap(StateFile.head(key, revision, document, StateFile.Trace.NONE)),
          ByteBuffer.wrap(document.content()));
    } catch (IOException e) {
      disk.deleteIfPossible(prepared); // a full disk needs the room
      throw e;
    }
  }

  private void makeDirectories(DocumentPlace place) throws IOException {
    try {
      directory.make(place.shard(root));
      directory.make(DocumentPlace.installation(root, place.installation()).resolve("due"));
      disk.makeDirectory(place.directory(root));
      disk.sync(place.shard(root));
    } catch (NoSuchFileException e) {
      directory.forget(); // somebody removed them; they are made again when this is tried again
      throw e;
    }
  }

  /** Puts the prepared document in place and makes that durable. */
  void replace(DocumentPlace place, Summary summary, @Nullable Header current) throws IOException {
    disk.replace(place.prepared(root), place.file(root));
    settleChanged(place);
    Marker old = marker(place, current);
    if (old != null && !old.equals(Marker.of(place, summary))) {
      forget(old);
    }
  }

  /** Deletes a document durably. */
  void delete(DocumentPlace place, Header current) throws IOException {
    Files.deleteIfExists(place.file(root));
    settleChanged(place);
    Marker old = marker(place, current);
    if (old != null) {
      forget(old);
    }
    try {
      Files.deleteIfExists(place.prepared(root));
      Files.deleteIfExists(place.directory(root));
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("Kept {}: somebody put a file there.", place.directory(root));
    } catch (IOException e) {
      LOG.debug("Kept {}, which is empty and harmless.", place.directory(root), e);
    }
  }

  /** Makes sure that what is seen of a document would be seen after a crash of the machine. */
  void settle(DocumentPlace place) throws IOException {
    try {
      disk.sync(place.directory(root));
    } catch (NoSuchFileException e) {
      directory.requirePresent();
    }
  }

  private void settleChanged(DocumentPlace place) throws IOException {
    try {
      disk.sync(place.directory(root));
    } catch (IOException e) {
      unsettled.put(place, new Object());
      throw e;
    }
  }

  /** Whoever reads back what became of a write that failed relies on what is found. */
  private void settleIfNeeded(DocumentPlace place) throws IOException {
    Object last = unsettled.get(place);
    if (last != null) {
      settle(place);
      unsettled.remove(place, last); // unless another write failed meanwhile
    }
  }

  /** The write is done; a marker that cannot be removed is stale and found out later. */
  private void forget(Marker old) {
    try {
      dueIndex.remove(old);
    } catch (IOException e) {
      LOG.debug("Left the stale marker {}; due() will remove it.", old, e);
    }
  }

  private static Header ofPlace(DocumentPlace place, Header header) throws Damaged {
    if (!DocumentPlace.of(header.key()).equals(place)) {
      throw new Damaged(
          "it holds the state of " + header.key() + ", so it was copied or moved here");
    }
    return header;
  }

  private static @Nullable Marker marker(DocumentPlace place, @Nullable Header header) {
    return header == null ? null : Marker.of(place, header.summary());
  }
}
