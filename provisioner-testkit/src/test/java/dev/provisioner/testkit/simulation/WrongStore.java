package dev.provisioner.testkit.simulation;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that is as another, but for one fault. */
abstract class WrongStore implements StateStore {
  final StateStore store;

  private WrongStore(StateStore store) {
    this.store = store;
  }

  /** Accepts a write whatever revision it is over: there is no fencing. */
  static final class Unfenced extends WrongStore {
    Unfenced(StateStore store) {
      super(store);
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      String latest = store.read(key).map(Versioned::revision).orElse(null);
      return store.write(key, latest, document);
    }
  }

  /** Acknowledges every tenth write and does not keep it. */
  static final class Forgetful extends WrongStore {
    private int writes;

    Forgetful(StateStore store) {
      super(store);
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      return ++writes % 10 == 0 ? Optional.of("forgotten") : super.write(key, expected, document);
    }
  }

  /** Takes every engine for dead: no lease is waited for. */
  static final class Undertaker extends WrongStore {
    Undertaker(StateStore store) {
      super(store);
    }

    @Override
    public boolean certainlyDead(String engineId) {
      return true;
    }
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
  public boolean certainlyDead(String engineId) {
    return store.certainlyDead(engineId);
  }

  @Override
  public void close() {
    store.close();
  }
}
