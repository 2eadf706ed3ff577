package dev.provisioner.benchmarks;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last document and nothing else: the store that costs nothing. For one tenant at a time.
 */
final class LastDocumentStore implements StateStore {
  private volatile @Nullable Versioned last;
  private volatile @Nullable DocumentKey of;
  private long revision;

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    return key.equals(of) ? Optional.ofNullable(last) : Optional.empty();
  }

  @Override
  public synchronized Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    String next = Long.toString(++revision);
    of = key;
    last = document == null ? null : new Versioned(document, next);
    return Optional.of(next);
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    return List.of();
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    return new Page(List.of(), null);
  }

  @Override
  public void close() {}
}
