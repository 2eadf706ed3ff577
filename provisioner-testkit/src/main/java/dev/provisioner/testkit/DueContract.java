package dev.provisioner.testkit;

import static dev.provisioner.testkit.StoreUnderTest.NOON;
import static dev.provisioner.testkit.StoreUnderTest.document;
import static dev.provisioner.testkit.StoreUnderTest.key;
import static dev.provisioner.testkit.StoreUnderTest.newInstallation;
import static dev.provisioner.testkit.StoreUnderTest.put;
import static dev.provisioner.testkit.StoreUnderTest.remove;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The search for documents that are due. */
interface DueContract extends StoreUnderTest {
  @Test
  default void theLongestOverdueComesFirst() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      put(store, key(installation, "second"), null, document("x", NOON.plusMillis(1)));
      put(store, key(installation, "fourth"), null, document("x", NOON.plus(Duration.ofDays(2))));
      put(store, key(installation, "first"), null, document("x", NOON));
      put(store, key(installation, "third"), null, document("x", NOON.plusSeconds(7200)));
      Instant until = NOON.plus(Duration.ofDays(400));
      assertThat(tenants(store, installation, until, 10))
          .containsExactly("first", "second", "third", "fourth");
      assertThat(tenants(store, installation, until, 2)).containsExactly("first", "second");
    }
  }

  @Test
  default void whatIsDueAtTheVeryMomentIsDueAndWhatIsLaterIsNot() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      put(store, key(installation, "now"), null, document("x", NOON));
      put(store, key(installation, "later"), null, document("x", NOON.plusMillis(1)));
      put(store, key(installation, "never"), null, document("x"));
      assertThat(tenants(store, installation, NOON.minusMillis(1), 10)).isEmpty();
      assertThat(tenants(store, installation, NOON, 10)).containsExactly("now");
      assertThat(tenants(store, installation, NOON.plusNanos(999_999), 10)).containsExactly("now");
    }
  }

  @Test
  default void aDocumentIsDueWhenItsLatestWriteSaysSo() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      DocumentKey key = key(installation, "acme");
      Instant later = NOON.plus(Duration.ofHours(3));
      String revision = put(store, key, null, document("x", NOON));
      revision = put(store, key, revision, document("x", later));
      assertThat(tenants(store, installation, NOON, 10)).isEmpty();
      assertThat(tenants(store, installation, later, 10)).containsExactly("acme");
      revision = put(store, key, revision, document("y", later));
      assertThat(tenants(store, installation, later, 10)).containsExactly("acme");
      revision = put(store, key, revision, document("x", NOON));
      assertThat(tenants(store, installation, NOON, 10)).containsExactly("acme");
      revision = put(store, key, revision, document("x"));
      assertThat(tenants(store, installation, later, 10)).isEmpty();
      revision = put(store, key, revision, document("x", NOON));
      remove(store, key, revision);
      assertThat(tenants(store, installation, later, 10)).isEmpty();
      put(store, key, null, document("x", NOON));
      assertThat(tenants(store, installation, later, 10)).containsExactly("acme");
    }
  }

  @Test
  default void aWriteThatLosesChangesNoDueTime() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      DocumentKey key = key(installation, "acme");
      put(store, key, null, document("x", NOON));
      assertThat(store.write(key, "another", document("x"))).isEmpty();
      assertThat(store.write(key, null, document("x", NOON.plusSeconds(60)))).isEmpty();
      assertThat(tenants(store, installation, NOON, 10)).containsExactly("acme");
    }
  }

  @Test
  default void everyPlanOfTheInstallationIsSearchedAndNoOtherInstallation() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      TenantId acme = TenantId.of("acme");
      DocumentKey one = new DocumentKey(installation, "one", acme);
      DocumentKey two = new DocumentKey(installation, "two", acme);
      put(store, one, null, document("x", NOON));
      put(store, two, null, document("x", NOON.plusMillis(5)));
      put(store, key(newInstallation(), "acme"), null, document("x", NOON));
      assertThat(store.due(installation, NOON.plusSeconds(1), 10))
          .extracting(StateStore.Listed::key)
          .containsExactly(one, two);
      assertThat(store.due(newInstallation(), NOON, 10)).isEmpty();
    }
  }

  @Test
  default void theSummaryOfWhatIsDueIsReturned() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = StoreUnderTest.newKey();
      put(store, key, null, document("x", NOON));
      assertThat(store.due(key.installation(), NOON, 1))
          .containsExactly(new StateStore.Listed(key, document("x", NOON).summary()));
    }
  }

  @Test
  default void dueTimesLongAgoAndFarAheadAreKept() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      Instant far = Instant.parse("9999-12-31T00:00:00Z");
      put(store, key(installation, "far"), null, document("x", far));
      put(store, key(installation, "long-ago"), null, document("x", Instant.EPOCH));
      assertThat(tenants(store, installation, NOON, 10)).containsExactly("long-ago");
      assertThat(tenants(store, installation, far, 10)).containsExactly("long-ago", "far");
    }
  }

  @Test
  default void manyThatAreNotDueAreNotReturned() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      List<String> due = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        boolean isDue = i % 40 == 7;
        Instant dueAt = isDue ? NOON.plusMillis(i) : NOON.plus(Duration.ofMinutes(2 + i));
        put(store, key(installation, "tenant-" + i), null, document("x", dueAt));
        if (isDue) {
          due.add("tenant-" + i);
        }
      }
      assertThat(tenants(store, installation, NOON.plusSeconds(1), 1000))
          .containsExactlyElementsOf(due);
    }
  }

  @Test
  default void aLimitOutsideItsRangeIsRefused() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      for (int limit : new int[] {-1, 0, 10_001}) {
        assertThatThrownBy(() -> store.due(installation, NOON, limit))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.list(StateStore.Query.all(installation), null, limit))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  private static List<String> tenants(
      StateStore store, String installation, Instant until, int limit) {
    return store.due(installation, until, limit).stream()
        .map(listed -> listed.key().tenant().value())
        .toList();
  }
}
