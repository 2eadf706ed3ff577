package dev.provisioner.testkit.matrix;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.ForwardingStateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One engine's view of a store that gets one thing wrong. */
final class FaultyStore extends ForwardingStateStore {
  private enum Fault {
    FORGETFUL,
    LEASELESS,
    OVERWRITING
  }

  private record Write(DocumentKey key, StateDocument document) {}

  private final Fault fault;
  private @Nullable Write late;

  private FaultyStore(StateStore store, Fault fault) {
    super(store);
    this.fault = fault;
  }

  /** Answers a write at once, and carries it out with the next call, if there is one. */
  static StateStore forgetful(StateStore store) {
    return new FaultyStore(store, Fault.FORGETFUL);
  }

  /** Says that everybody else is dead, and that what they hold is due. */
  static StateStore leaseless(StateStore store) {
    return new FaultyStore(store, Fault.LEASELESS);
  }

  /** Writes over whatever is there. */
  static StateStore overwriting(StateStore store) {
    return new FaultyStore(store, Fault.OVERWRITING);
  }

  private void catchUp() {
    Write write = late;
    late = null;
    if (write != null) {
      overwrite(write.key, write.document);
    }
  }

  private Optional<String> overwrite(DocumentKey key, @Nullable StateDocument document) {
    String there = super.read(key).map(Versioned::revision).orElse(null);
    return super.write(key, there, document);
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    catchUp();
    return super.read(key);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    catchUp();
    if (fault == Fault.FORGETFUL && document != null) {
      late = new Write(key, document);
      return Optional.of("late");
    }
    return fault == Fault.OVERWRITING
        ? overwrite(key, document)
        : super.write(key, expected, document);
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    catchUp();
    Instant early = until.plus(Duration.ofMinutes(1));
    return super.due(installation, fault == Fault.LEASELESS ? early : until, limit);
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    catchUp();
    return super.list(query, cursor, limit);
  }

  @Override
  public boolean certainlyDead(String engineId) {
    return fault == Fault.LEASELESS || super.certainlyDead(engineId);
  }
}
