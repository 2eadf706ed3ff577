package dev.provisioner.state;

import static java.util.Comparator.comparing;

import dev.provisioner.error.StateStoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps state documents in memory, for tests and demonstrations. <strong>Not durable:</strong> when
 * the process ends, what was provisioned is forgotten and must be removed by hand. Use {@link
 * FileStateStore} for anything that is to outlive the process.
 *
 * <p>Thread-safe; engines of one process share it by sharing the instance. Lists documents in the
 * order of their keys. Calls after {@link #close} throw {@link IllegalStateException}.
 */
public final class MemoryStateStore implements StateStore {
  private static final Comparator<Due> LONGEST_OVERDUE_FIRST =
      comparing(Due::at).thenComparing(Due::key);

  // All guarded by this. By installation, so that a query cannot leave its own.
  private final Map<String, NavigableMap<DocumentKey, Versioned>> documents = new HashMap<>();
  private final Map<String, Set<Due>> dues = new HashMap<>();
  private final Set<String> liveEngines = new HashSet<>();
  private final Set<String> deadEngines = new HashSet<>();
  private long revisions;
  private boolean closed;

  private MemoryStateStore() {}

  /** Creates an empty store. */
  public static MemoryStateStore create() {
    return new MemoryStateStore();
  }

  @Override
  public synchronized Optional<Versioned> read(DocumentKey key) {
    requireOpen();
    return Optional.ofNullable(of(key.installation()).get(key));
  }

  @Override
  public synchronized Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    if (expected == null && document == null) {
      throw new IllegalArgumentException(
          "Nothing to write and nothing to delete: pass a document, or the revision to delete.");
    }
    requireOpen();
    NavigableMap<DocumentKey, Versioned> all = of(key.installation());
    Versioned current = all.get(key);
    if (!Objects.equals(expected, current == null ? null : current.revision())) {
      return Optional.empty();
    }
    if (current != null) {
      Instant dueAt = current.document().summary().dueAt();
      if (dueAt != null) {
        duesOf(key.installation()).remove(new Due(dueAt, key));
      }
    }
    if (document == null) {
      all.remove(key);
      return Optional.of("deleted");
    }
    Summary summary = DueTimes.kept(document.summary());
    // One counter for all keys: a key that is deleted and made again cannot meet an old revision.
    String revision = Long.toString(++revisions);
    all.put(key, new Versioned(new StateDocument(document.content(), summary), revision));
    if (summary.dueAt() != null) {
      duesOf(key.installation()).add(new Due(summary.dueAt(), key));
    }
    return Optional.of(revision);
  }

  @Override
  public synchronized List<Listed> due(String installation, Instant until, int limit) {
    Limits.check(limit);
    requireOpen();
    List<Listed> found = new ArrayList<>();
    for (Due due : duesOf(installation)) {
      if (found.size() == limit || due.at().isAfter(until)) {
        break;
      }
      found.add(listed(due.key()));
    }
    return List.copyOf(found);
  }

  @Override
  public synchronized Page list(Query query, @Nullable String cursor, int limit) {
    Limits.check(limit);
    requireOpen();
    NavigableMap<DocumentKey, Versioned> all = of(query.installation());
    Iterable<DocumentKey> keys =
        cursor == null
            ? all.navigableKeySet()
            : all.tailMap(KeyCursor.parse(query.installation(), cursor), false).navigableKeySet();
    List<Listed> found = new ArrayList<>();
    for (DocumentKey key : keys) {
      Listed listed = listed(key);
      if (!query.matches(key, listed.summary())) {
        continue;
      }
      if (found.size() == limit) {
        return new Page(found, KeyCursor.of(found.get(limit - 1).key()));
      }
      found.add(listed);
    }
    return new Page(found, null);
  }

  @Override
  public synchronized AutoCloseable announce(String engineId) {
    requireOpen();
    if (!liveEngines.add(engineId)) {
      throw new StateStoreException(
          "Engine '"
              + engineId
              + "' cannot be announced: an engine with this id is alive. Give every engine its own"
              + " id.");
    }
    deadEngines.remove(engineId);
    return () -> ended(engineId);
  }

  private synchronized void ended(String engineId) {
    if (liveEngines.remove(engineId)) {
      deadEngines.add(engineId);
    }
  }

  @Override
  public synchronized boolean certainlyDead(String engineId) {
    requireOpen();
    return deadEngines.contains(engineId);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private NavigableMap<DocumentKey, Versioned> of(String installation) {
    return documents.computeIfAbsent(installation, name -> new TreeMap<>());
  }

  private Set<Due> duesOf(String installation) {
    return dues.computeIfAbsent(installation, name -> new TreeSet<>(LONGEST_OVERDUE_FIRST));
  }

  private Listed listed(DocumentKey key) {
    return new Listed(
        key, Objects.requireNonNull(of(key.installation()).get(key)).document().summary());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "This memory state store is closed. Close it after the engines on it.");
    }
  }

  private record Due(Instant at, DocumentKey key) {}
}
