package dev.provisioner.testkit;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store whose reads and writes are {@link CrashPoints}. */
final class CrashingStoreCalls implements StateStore {
  private final CrashingStateStore store;
  private final CrashPoints points;

  CrashingStoreCalls(CrashingStateStore store, CrashPoints points) {
    this.store = store;
    this.points = points;
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    points.pass("before a read of " + key);
    Optional<Versioned> read = store.read(key);
    points.pass("after a read of " + key);
    return read;
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    points.pass("before a write of " + key);
    Optional<String> revision = store.write(key, expected, document);
    points.pass("after a write of " + key);
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
    return store.certainlyDead(engineId);
  }

  @Override
  public void close() {
    store.close();
  }
}
