package dev.provisioner.state;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ObjectBucket.Names;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import dev.provisioner.state.StateStore.Listed;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the documents that are due by their markers, and removes markers that nobody needs. */
final class ObjectDueSearch {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectStateStore.class);

  private final ObjectBucket bucket;
  private final ObjectDocuments documents;

  /** Those that were logged; not again at every search. */
  private final Set<DocumentPlace> damagedObjects = ConcurrentHashMap.newKeySet();

  ObjectDueSearch(ObjectBucket bucket, ObjectDocuments documents) {
    this.bucket = bucket;
    this.documents = documents;
  }

  List<Listed> find(String installation, Instant until, int limit) throws IOException {
    Search search = new Search(until, limit);
    String name = FileNames.of(installation);
    String after = null;
    boolean more = true;
    while (more) {
      Names names =
          bucket.list(
              ObjectMarker.directory(name), after, Math.min(limit, ObjectDocuments.LISTED_AT_ONCE));
      more = search.goesOnAfter(ObjectMarker.parse(name, names.names())) && names.more();
      after = more ? names.names().get(names.names().size() - 1) : null;
    }
    return search.found();
  }

  private final class Search {
    private final Instant until;
    private final int limit;
    private final Map<DocumentKey, Listed> found = new LinkedHashMap<>();
    private final List<StateStoreException> damages = new ArrayList<>();

    Search(Instant until, int limit) {
      this.until = until;
      this.limit = limit;
    }

    /** Looks at some markers; returns whether those that follow are to be looked at, too. */
    boolean goesOnAfter(List<ObjectMarker.OfPlace> markers) throws IOException {
      long last = DueTimes.indexed(until);
      List<ObjectMarker.OfPlace> due =
          markers.stream().filter(marked -> marked.marker().millis() <= last).toList();
      ObjectHeaders headers =
          ObjectHeaders.read(documents, due.stream().map(ObjectMarker.OfPlace::place).toList());
      for (ObjectMarker.OfPlace marked : due) {
        if (found.size() == limit) {
          return false;
        }
        look(marked, headers);
      }
      return found.size() < limit && due.size() == markers.size();
    }

    private void look(ObjectMarker.OfPlace marked, ObjectHeaders headers) throws IOException {
      ObjectMarker marker = marked.marker();
      DocumentPlace place = marked.place();
      try {
        Header header = headers.of(place);
        damagedObjects.remove(place);
        if (header != null && marker.equals(ObjectMarker.of(header))) {
          if (DueTimes.isDue(header.summary().dueAt(), until)) {
            found.putIfAbsent(header.key(), new Listed(header.key(), header.summary()));
          }
        } else if (!Objects.equals(marker.before(), header == null ? null : header.revision())) {
          documents.forget(marker, place); // else its document may be on its way
        }
      } catch (Damaged e) {
        StateStoreException damage = documents.damaged(place, e);
        if (damagedObjects.add(place)) {
          LOG.error("Passed over a document that is due. {}", damage.getMessage());
        }
        damages.add(damage);
      }
    }

    List<Listed> found() {
      if (found.isEmpty() && !damages.isEmpty()) {
        throw damages.get(0);
      }
      return List.copyOf(found.values());
    }
  }
}
