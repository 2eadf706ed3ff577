package dev.provisioner.testkit.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** A store, a cloud and a clock, which outlive the engines that work on one tenant in them. */
final class Scene {
  static final DocumentKey KEY = new DocumentKey("matrix", TenSteps.NAME, TenantId.of("acme"));
  private static final ObjectMapper JSON = new ObjectMapper();

  final Parts parts;
  final FakeCloud cloud = new FakeCloud();
  final SettableClock clock = SettableClock.create();
  final WatchedStore store;
  final DocumentKey key;
  private int nodes;

  Scene(Parts parts, StateStore store, DocumentKey key) {
    this.parts = parts;
    this.store = new WatchedStore(store);
    this.key = key;
  }

  /** Returns an engine for an operation. */
  Node node(Operation operation, CrashPoints points) {
    return new Node(this, points, operation.version(), operation.onFailure(), ++nodes);
  }

  /** Returns an engine as it was before an operation. */
  Node earlier() {
    return node(Operation.PROVISION, CrashPoints.none());
  }

  boolean recorded() {
    return store.latest(key) != null;
  }

  Optional<Summary> summary() {
    return Optional.ofNullable(store.latest(key));
  }

  boolean underWay() {
    return summary().map(summary -> summary.run().underWay()).orElse(true);
  }

  /** Returns the document, or a missing node. */
  JsonNode document() {
    Optional<StateStore.Versioned> read = store.read(key);
    if (read.isEmpty()) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(read.get().document().content());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what tells a run that was begun or gone on with from the one before. */
  String run() {
    JsonNode run = document().path("run");
    return run.path("id").asText() + run.path("resumes").asText() + run.path("status").asText();
  }

  void pass(Duration time) {
    clock.advance(time);
  }
}
