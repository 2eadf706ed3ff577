package dev.provisioner.testkit;

import static dev.provisioner.testkit.StoreUnderTest.document;
import static dev.provisioner.testkit.StoreUnderTest.key;
import static dev.provisioner.testkit.StoreUnderTest.put;
import static dev.provisioner.testkit.StoreUnderTest.remove;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Documents that stay and are rewritten, and beside each, wherever the store orders it, another
 * that comes and goes. Not thread-safe, but for {@link #lasting}.
 */
final class ShiftingDocuments {
  private final StateStore store;
  private final List<DocumentKey> lasting = new ArrayList<>();
  private final List<DocumentKey> passing = new ArrayList<>();
  private final Map<DocumentKey, String> revisions = new HashMap<>();
  private int steps;

  ShiftingDocuments(StateStore store, String installation, int count) {
    this.store = store;
    for (int i = 0; i < count; i++) {
      lasting.add(key(installation, "tenant-" + i));
      passing.add(key(installation, "tenant-" + i + "-passing"));
      revisions.put(lasting.get(i), put(store, lasting.get(i), null, document("x")));
    }
  }

  /** Returns those that stay. */
  List<DocumentKey> lasting() {
    return List.copyOf(lasting);
  }

  /** Rewrites one that stays, and writes or deletes the one beside it. */
  void step() {
    int i = steps++ * 7 % lasting.size();
    revisions.computeIfPresent(
        lasting.get(i), (key, revision) -> put(store, key, revision, document("y" + steps)));
    String there = revisions.remove(passing.get(i));
    if (there == null) {
      revisions.put(passing.get(i), put(store, passing.get(i), null, document("x")));
    } else {
      remove(store, passing.get(i), there);
    }
  }
}
