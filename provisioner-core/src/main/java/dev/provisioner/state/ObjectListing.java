package dev.provisioner.state;

import dev.provisioner.state.ObjectBucket.Names;
import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Page;
import dev.provisioner.state.StateStore.Query;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists documents in the order of their objects' names. */
final class ObjectListing {
  /** Begins every cursor; the name it comes after follows, whatever it is. */
  private static final String AFTER = "/";

  private final ObjectBucket bucket;
  private final ObjectDocuments documents;

  ObjectListing(ObjectBucket bucket, ObjectDocuments documents) {
    this.bucket = bucket;
    this.documents = documents;
  }

  Page page(Query query, @Nullable String cursor, int limit) throws IOException {
    if (cursor != null && !cursor.startsWith(AFTER)) {
      throw new IllegalArgumentException(
          "Not a cursor of this store: '" + cursor + "'. Pass Page.next() unchanged.");
    }
    String installation = FileNames.of(query.installation());
    String directory = ObjectDocuments.directory(installation);
    String below = query.plan() == null ? directory : directory + FileNames.of(query.plan()) + "/";
    String after = cursor == null ? null : directory + cursor.substring(1);
    Names listed = bucket.list(below, after, atMost(query, limit));
    List<String> names =
        listed.names().stream().map(name -> name.substring(directory.length())).toList();
    List<Listed> found = new ArrayList<>();
    int looked = 0;
    while (looked < names.size() && found.size() < limit) {
      int most = Math.max(limit - found.size(), ObjectHeaders.AT_ONCE);
      List<String> some = names.subList(looked, Math.min(looked + most, names.size()));
      looked += look(installation, some, query, limit, found);
    }
    boolean more = looked > 0 && (looked < names.size() || listed.more());
    return new Page(found, more ? AFTER + names.get(looked - 1) : null);
  }

  /** Of a few names many may not be wanted, and a listing costs more than what it lists. */
  private static int atMost(Query query, int limit) {
    boolean mostAreWanted = query.lifecycle() == null && query.run() == null;
    return mostAreWanted
        ? Math.min(limit, ObjectDocuments.LISTED_AT_ONCE)
        : ObjectDocuments.LISTED_AT_ONCE;
  }

  /** Adds what is wanted until there is enough; returns how many names were looked at. */
  private int look(
      String installation, List<String> names, Query query, int limit, List<Listed> found)
      throws IOException {
    List<Optional<DocumentPlace>> places =
        names.stream().map(name -> place(installation, name)).toList();
    ObjectHeaders headers =
        ObjectHeaders.read(documents, places.stream().flatMap(Optional::stream).toList());
    int looked = 0;
    for (Optional<DocumentPlace> place : places) {
      if (found.size() == limit) {
        break;
      }
      if (place.isPresent()) {
        listed(place.get(), headers)
            .filter(each -> query.matches(each.key(), each.summary()))
            .ifPresent(found::add);
      }
      looked++;
    }
    return looked;
  }

  /** Returns which document an object is, or empty if it is none of ours. */
  private static Optional<DocumentPlace> place(String installation, String planAndTenant) {
    String[] parts = planAndTenant.split("/", -1);
    return parts.length == 2 && FileNames.isName(parts[0]) && FileNames.isName(parts[1])
        ? Optional.of(new DocumentPlace(installation, parts[0], parts[1]))
        : Optional.empty();
  }

  private Optional<Listed> listed(DocumentPlace place, ObjectHeaders headers) throws IOException {
    try {
      Header header = headers.of(place);
      return header == null || header.trace().deleted()
          ? Optional.empty()
          : Optional.of(new Listed(header.key(), header.summary()));
    } catch (Damaged e) {
      throw documents.damaged(place, e);
    }
  }
}
