package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the parts of {@link StateStoreContract} share: the store, and documents to put there. */
interface StoreUnderTest {
  Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /**
   * Opens the store. Called again within a test it opens the same data once more: the first
   * instance may still be open.
   */
  StateStore open() throws Exception;

  /** Returns whether a second instance sees what the first wrote; false for a store in memory. */
  default boolean sharesData() {
    return true;
  }

  /** Returns an installation no other test uses, so that the store need not be empty. */
  static String newInstallation() {
    return "contract-" + UUID.randomUUID();
  }

  static DocumentKey key(String installation, String tenant) {
    return new DocumentKey(installation, "onboarding", TenantId.of(tenant));
  }

  static DocumentKey newKey() {
    return key(newInstallation(), "acme");
  }

  static StateDocument document(String text) {
    return document(text, null);
  }

  static StateDocument document(String text, @Nullable Instant dueAt) {
    return document(text, Summary.Lifecycle.ACTIVE, Summary.RunStatus.SUCCEEDED, dueAt);
  }

  static StateDocument document(
      String text, Summary.Lifecycle lifecycle, Summary.RunStatus run, @Nullable Instant dueAt) {
    return new StateDocument(
        text.getBytes(StandardCharsets.UTF_8), new Summary(lifecycle, run, 3, dueAt, NOON));
  }

  /** Writes what must succeed and returns the revision. */
  static String put(
      StateStore store, DocumentKey key, @Nullable String expected, StateDocument document) {
    return store.write(key, expected, document).orElseThrow();
  }

  /** Deletes what must be there at this revision. */
  static void remove(StateStore store, DocumentKey key, String revision) {
    assertThat(store.write(key, revision, null)).isPresent();
  }

  /** Asserts that the store holds this document at this revision. */
  static void assertHolds(
      StateStore store, DocumentKey key, StateDocument document, String revision) {
    assertThat(store.read(key)).contains(new StateStore.Versioned(document, revision));
  }

  /** Lists to the end. */
  static List<StateStore.Listed> listAll(StateStore store, StateStore.Query query, int limit) {
    List<StateStore.Listed> all = new ArrayList<>();
    String cursor = null;
    do {
      StateStore.Page page = store.list(query, cursor, limit);
      assertThat(page.documents()).hasSizeLessThanOrEqualTo(limit);
      all.addAll(page.documents());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }
}
