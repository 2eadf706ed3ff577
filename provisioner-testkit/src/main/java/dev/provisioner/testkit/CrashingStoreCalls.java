package dev.provisioner.testkit;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store whose reads and writes are {@link CrashPoints}. */
final class CrashingStoreCalls extends ForwardingStateStore {
  private final CrashPoints points;

  CrashingStoreCalls(CrashingStateStore store, CrashPoints points) {
    super(store);
    this.points = points;
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    points.pass("before a read of " + key);
    Optional<Versioned> read = super.read(key);
    points.pass("after a read of " + key);
    return read;
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    points.pass("before a write of " + key);
    Optional<String> revision = super.write(key, expected, document);
    points.pass("after a write of " + key);
    return revision;
  }
}
