package dev.provisioner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keys and documents for these tests. */
final class Sample {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private Sample() {}

  static DocumentKey key(String tenant) {
    return new DocumentKey("shop-eu", "onboarding", TenantId.of(tenant));
  }

  static StateDocument document(String text) {
    return document(text, null);
  }

  static StateDocument document(String text, @Nullable Instant dueAt) {
    return new StateDocument(
        text.getBytes(UTF_8),
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 3, dueAt, NOON));
  }

  static String text(StateStore.Versioned read) {
    return new String(read.document().content(), UTF_8);
  }
}
