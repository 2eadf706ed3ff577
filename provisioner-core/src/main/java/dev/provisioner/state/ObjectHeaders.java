package dev.provisioner.state;

import dev.provisioner.state.ObjectDocuments.Stored;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of many documents, some at once: on the caller's thread, and on others that end
 * before it goes on. A search is so rare, and a request so slow, that a pool to be closed would not
 * pay.
 */
final class ObjectHeaders {
  static final int AT_ONCE = 8;

  private final Iterator<DocumentPlace> left;
  private final Map<DocumentPlace, Reading> readings = new ConcurrentHashMap<>();

  /** A header, null if there is no document; or why it could not be read. */
  private record Reading(@Nullable Header header, @Nullable Throwable failure) {}

  private ObjectHeaders(Set<DocumentPlace> places) {
    this.left = places.iterator();
  }

  /**
   * Reads headers, in the order of the places. After a failure that is no damage of one document
   * none is begun.
   */
  static ObjectHeaders read(ObjectDocuments documents, List<DocumentPlace> places) {
    Set<DocumentPlace> distinct = new LinkedHashSet<>(places);
    ObjectHeaders headers = new ObjectHeaders(distinct);
    Runnable reader = () -> headers.readOn(documents);
    List<Thread> company = start(Math.min(AT_ONCE, distinct.size()) - 1, reader);
    reader.run();
    company.forEach(ObjectHeaders::join);
    return headers;
  }

  /**
   * Returns what was read; null if there is no document. Ask in the order of the places: what comes
   * after a failure may not have been read.
   */
  @Nullable Header of(DocumentPlace place) throws IOException {
    Reading reading = readings.get(place);
    if (reading == null) {
      throw new IllegalStateException("The header of " + place + " was not read.");
    }
    if (reading.failure() instanceof IOException e) {
      throw e;
    } else if (reading.failure() instanceof RuntimeException e) {
      throw e;
    } else if (reading.failure() instanceof Error e) {
      throw e;
    }
    return reading.header();
  }

  private void readOn(ObjectDocuments documents) {
    for (DocumentPlace place = next(); place != null; place = next()) {
      Reading reading = read(documents, place);
      readings.put(place, reading);
      if (reading.failure() != null && !(reading.failure() instanceof Damaged)) {
        stop();
      }
    }
  }

  private static Reading read(ObjectDocuments documents, DocumentPlace place) {
    try {
      return new Reading(documents.header(place).map(Stored::header).orElse(null), null);
    } catch (Throwable e) { // rethrown by of()
      return new Reading(null, e);
    }
  }

  private synchronized @Nullable DocumentPlace next() {
    return left.hasNext() ? left.next() : null;
  }

  private synchronized void stop() {
    left.forEachRemaining(place -> {});
  }

  private static List<Thread> start(int count, Runnable reader) {
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        Thread thread = new Thread(reader, "provisioner-headers-" + (i + 1));
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    } catch (OutOfMemoryError e) {
      // The system gives no more threads; those that there are read everything.
    }
    return threads;
  }

  /** An interrupt is kept for later: the caller's requests are not to be cut off either. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
