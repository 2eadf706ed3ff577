package dev.provisioner.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.time.Instant;

/** Keys and documents. */
final class Sample {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private Sample() {}

  static DocumentKey key(String tenant) {
    return new DocumentKey("shop-eu", "onboarding", TenantId.of(tenant));
  }

  static StateDocument document(String text) {
    return document(text.getBytes(UTF_8));
  }

  static StateDocument document(byte[] content) {
    return new StateDocument(
        content, new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, NOON, NOON));
  }

  static String text(StateStore.Versioned read) {
    return new String(read.document().content(), UTF_8);
  }
}
