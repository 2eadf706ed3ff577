package dev.provisioner.testkit;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store that passes every call on to another one, for tests that watch or change a few of them.
 *
 * <pre>{@code
 * final class SlowStore extends ForwardingStateStore {
 *   SlowStore(StateStore store) {
 *     super(store);
 *   }
 *
 *   @Override
 *   public Optional<Versioned> read(DocumentKey key) {
 *     pause();
 *     return super.read(key);
 *   }
 * }
 * }</pre>
 *
 * <p>What is announced here is announced to the other store, and closing this one closes the other.
 * As thread-safe as the other store and the methods that are overridden.
 */
public abstract class ForwardingStateStore implements StateStore {
  private final StateStore store;

  /** Creates a store that passes every call on to this one. */
  protected ForwardingStateStore(StateStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    return store.read(key);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    return store.write(key, expected, document);
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
