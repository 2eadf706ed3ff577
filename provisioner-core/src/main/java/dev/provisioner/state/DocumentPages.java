package dev.provisioner.state;

import dev.provisioner.state.StateFile.Damaged;
import dev.provisioner.state.StateFile.Header;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Page;
import dev.provisioner.state.StateStore.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists documents in the order of their directories: by plan, by hash directory, by name. A
 * document's directory never changes its name, so what stays is listed exactly once. A page costs
 * the names in one or two hash directories and a header for each document looked at.
 */
final class DocumentPages {
  /** A page ends after so many documents that were not wanted, so that none takes for ever. */
  private static final int MAX_LOOKED_AT = 10_000;

  private static final Pattern CURSOR = Pattern.compile("([^/]+)/([^/]+)/([^/]+)");

  private final StoreDirectory directory;
  private final Documents documents;

  DocumentPages(StoreDirectory directory, Documents documents) {
    this.directory = directory;
    this.documents = documents;
  }

  Page page(Query query, @Nullable String cursor, int limit) throws IOException {
    Position after = cursor == null ? null : Position.parse(cursor);
    String installation = FileNames.of(query.installation());
    List<Listed> found = new ArrayList<>();
    Position last = after;
    int lookedAt = 0;
    for (String plan : plans(installation, query.plan())) {
      for (String shard : shards(installation, plan, after)) {
        for (String tenant : tenants(installation, plan, shard, after)) {
          if (last != null && (found.size() == limit || lookedAt == MAX_LOOKED_AT)) {
            return new Page(found, last.toString());
          }
          Listed listed = look(new DocumentPlace(installation, plan, tenant));
          if (listed != null && query.matches(listed.key(), listed.summary())) {
            found.add(listed);
          }
          last = new Position(plan, shard, tenant);
          lookedAt++;
        }
      }
    }
    directory.requirePresent();
    return new Page(found, null);
  }

  private @Nullable Listed look(DocumentPlace place) throws IOException {
    try {
      Optional<Header> header = documents.header(place);
      return header.map(there -> new Listed(there.key(), there.summary())).orElse(null);
    } catch (Damaged e) {
      throw Failures.damaged(place.file(directory.root()), e);
    }
  }

  private List<String> plans(String installation, @Nullable String wanted) throws IOException {
    return wanted != null
        ? List.of(FileNames.of(wanted))
        : names(DocumentPlace.plans(directory.root(), installation));
  }

  private List<String> shards(String installation, String plan, @Nullable Position after)
      throws IOException {
    int order = after == null ? 1 : plan.compareTo(after.plan());
    if (order < 0) {
      return List.of();
    }
    List<String> all = names(DocumentPlace.tenants(directory.root(), installation, plan));
    return order > 0 || after == null
        ? all
        : all.stream().filter(shard -> shard.compareTo(after.shard()) >= 0).toList();
  }

  private List<String> tenants(
      String installation, String plan, String shard, @Nullable Position after) throws IOException {
    List<String> all =
        names(DocumentPlace.tenants(directory.root(), installation, plan).resolve(shard));
    boolean begun = after != null && plan.equals(after.plan()) && shard.equals(after.shard());
    return after == null || !begun
        ? all
        : all.stream().filter(tenant -> tenant.compareTo(after.tenant()) > 0).toList();
  }

  private List<String> names(Path of) throws IOException {
    return directory.disk().names(of, FileNames::isName);
  }

  /** The last document that was looked at; only ever compared with names, never made a path. */
  private record Position(String plan, String shard, String tenant) {
    static Position parse(String cursor) {
      Matcher parts = CURSOR.matcher(cursor);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "Not a cursor of this store: '" + cursor + "'. Pass Page.next() unchanged.");
      }
      return new Position(parts.group(1), parts.group(2), parts.group(3));
    }

    @Override
    public String toString() {
      return plan + "/" + shard + "/" + tenant;
    }
  }
}
