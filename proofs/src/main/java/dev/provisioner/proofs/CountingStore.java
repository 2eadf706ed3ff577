package dev.provisioner.proofs;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.ForwardingStateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A store that counts what is asked of it. Thread-safe. */
public final class CountingStore extends ForwardingStateStore {
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong searches = new AtomicLong();

  /** Counts what is asked of a store, and closes it. */
  public CountingStore(StateStore store) {
    super(store);
  }

  /** How often a store was asked. */
  public record Counts(long reads, long writes, long searches) {
    /** Returns how often since then. */
    public Counts since(Counts then) {
      return new Counts(reads - then.reads, writes - then.writes, searches - then.searches);
    }
  }

  /** Returns how often the store was asked. */
  public Counts counts() {
    return new Counts(reads.get(), writes.get(), searches.get());
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    reads.incrementAndGet();
    return super.read(key);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    writes.incrementAndGet();
    return super.write(key, expected, document);
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    searches.incrementAndGet();
    return super.due(installation, until, limit);
  }
}
