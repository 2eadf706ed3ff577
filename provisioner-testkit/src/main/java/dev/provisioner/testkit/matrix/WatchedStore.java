package dev.provisioner.testkit.matrix;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store of a scene. Knows the latest summaries without a read, and says that an engine is dead
 * only if it is to.
 */
final class WatchedStore implements StateStore {
  private final StateStore store;
  private final Map<DocumentKey, Summary> latest = new HashMap<>();
  private boolean knowsTheDead = true;

  WatchedStore(StateStore store) {
    this.store = store;
  }

  @Nullable Summary latest(DocumentKey key) {
    return latest.get(key);
  }

  void knowsTheDead(boolean whether) {
    knowsTheDead = whether;
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    return store.read(key);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    Optional<String> revision = store.write(key, expected, document);
    if (revision.isPresent() && document != null) {
      latest.put(key, document.summary());
    }
    return revision;
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    return store.due(installation, until, limit);
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    return store.list(query, cursor, limit);
  }

  @Override
  public AutoCloseable announce(String engineId) {
    return store.announce(engineId);
  }

  @Override
  public boolean certainlyDead(String engineId) {
    return knowsTheDead && store.certainlyDead(engineId);
  }

  @Override
  public void close() {
    store.close();
  }
}
