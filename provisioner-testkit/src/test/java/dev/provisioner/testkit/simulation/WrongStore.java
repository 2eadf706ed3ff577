package dev.provisioner.testkit.simulation;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.ForwardingStateStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores that are as another, but for one fault. */
final class WrongStore {
  private WrongStore() {}

  /** Accepts a write whatever revision it is over: there is no fencing. */
  static final class Unfenced extends ForwardingStateStore {
    Unfenced(StateStore store) {
      super(store);
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      String latest = super.read(key).map(Versioned::revision).orElse(null);
      return super.write(key, latest, document);
    }
  }

  /** Acknowledges every tenth write and does not keep it. */
  static final class Forgetful extends ForwardingStateStore {
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
  static final class Undertaker extends ForwardingStateStore {
    Undertaker(StateStore store) {
      super(store);
    }

    @Override
    public boolean certainlyDead(String engineId) {
      return true;
    }
  }
}
