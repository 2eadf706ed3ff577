package dev.provisioner.testkit.matrix;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.testkit.ForwardingStateStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store of a scene. Knows the latest summaries without a read, and says that an engine is dead
 * only if it is to.
 */
final class WatchedStore extends ForwardingStateStore {
  private final Map<DocumentKey, Summary> latest = new HashMap<>();
  private boolean knowsTheDead = true;

  WatchedStore(StateStore store) {
    super(store);
  }

  @Nullable Summary latest(DocumentKey key) {
    return latest.get(key);
  }

  void knowsTheDead(boolean whether) {
    knowsTheDead = whether;
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    Optional<String> revision = super.write(key, expected, document);
    if (revision.isPresent() && document != null) {
      latest.put(key, document.summary());
    }
    return revision;
  }

  @Override
  public boolean certainlyDead(String engineId) {
    return knowsTheDead && super.certainlyDead(engineId);
  }
}
