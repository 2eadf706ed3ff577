package dev.provisioner.testkit;

import static dev.provisioner.testkit.StoreUnderTest.NOON;
import static dev.provisioner.testkit.StoreUnderTest.assertHolds;
import static dev.provisioner.testkit.StoreUnderTest.document;
import static dev.provisioner.testkit.StoreUnderTest.key;
import static dev.provisioner.testkit.StoreUnderTest.newInstallation;
import static dev.provisioner.testkit.StoreUnderTest.newKey;
import static dev.provisioner.testkit.StoreUnderTest.put;
import static dev.provisioner.testkit.StoreUnderTest.remove;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Reads and writes of a store, one at a time. */
interface WriteContract extends StoreUnderTest {
  @Test
  default void whatWasNeverWrittenIsAbsent() throws Exception {
    try (StateStore store = open()) {
      assertThat(store.read(newKey())).isEmpty();
    }
  }

  @Test
  default void aDocumentIsPutIfThereIsNone() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      String revision = put(store, key, null, document("first"));
      assertThat(store.write(key, null, document("second"))).isEmpty();
      assertHolds(store, key, document("first"), revision);
    }
  }

  @Test
  default void aDocumentIsReplacedIfItIsUnchanged() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      String first = put(store, key, null, document("first"));
      String second = put(store, key, first, document("second"));
      assertThat(second).isNotEqualTo(first);
      assertThat(store.write(key, first, document("third"))).isEmpty();
      assertHolds(store, key, document("second"), second);
    }
  }

  @Test
  default void aDocumentIsDeletedIfItIsUnchanged() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      String first = put(store, key, null, document("first"));
      String second = put(store, key, first, document("second"));
      assertThat(store.write(key, first, null)).isEmpty();
      assertHolds(store, key, document("second"), second);
      assertThat(store.write(key, second, null)).isPresent();
      assertThat(store.read(key)).isEmpty();
    }
  }

  @Test
  default void whatIsAbsentIsNeitherReplacedNorDeleted() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      String old = put(store, key, null, document("first"));
      assertThat(store.write(key, old, null)).isPresent();
      assertThat(store.write(key, old, document("second"))).isEmpty();
      assertThat(store.write(key, old, null)).isEmpty();
      assertThat(store.read(key)).isEmpty();
    }
  }

  @Test
  default void aWriteOfNothingAtNoRevisionIsRefused() throws Exception {
    try (StateStore store = open()) {
      assertThatThrownBy(() -> store.write(newKey(), null, null))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void aRevisionNobodyGaveIsAConflict() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      put(store, key, null, document("first"));
      assertThat(store.write(key, "no such revision", document("second"))).isEmpty();
    }
  }

  @Test
  default void aRevisionIsNeverUsedAgainEvenAfterDeletion() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      Set<String> revisions = new HashSet<>();
      for (int i = 0; i < 10; i++) {
        String first = put(store, key, null, document("same"));
        String second = put(store, key, first, document("same"));
        assertThat(revisions.add(first)).as("first revision of round %d is new", i).isTrue();
        assertThat(revisions.add(second)).as("second revision of round %d is new", i).isTrue();
        remove(store, key, second);
      }
    }
  }

  @Test
  default void theSummaryIsKept() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      for (Summary.Lifecycle lifecycle : Summary.Lifecycle.values()) {
        for (Summary.RunStatus run : Summary.RunStatus.values()) {
          DocumentKey key = key(installation, lifecycle + "-" + run);
          StateDocument document = document("x", lifecycle, run, NOON);
          assertHolds(store, key, document, put(store, key, null, document));
        }
      }
    }
  }

  @Test
  default void theDueTimeIsKeptToTheMillisecondRoundedUp() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      String revision = put(store, key, null, document("x", NOON.plusNanos(1)));
      assertHolds(store, key, document("x", NOON.plusMillis(1)), revision);
      assertThat(store.due(key.installation(), NOON, 10)).isEmpty();
      assertThat(store.due(key.installation(), NOON.plusMillis(1), 10)).hasSize(1);
    }
  }

  @Test
  default void anEmptyDocumentIsKept() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      assertHolds(store, key, document(""), put(store, key, null, document("")));
    }
  }

  @Test
  default void aDocumentOfOneMegabyteIsKeptByteForByte() throws Exception {
    try (StateStore store = open()) {
      DocumentKey key = newKey();
      byte[] bytes = new byte[1 << 20];
      new Random(42).nextBytes(bytes);
      StateDocument large = new StateDocument(bytes, document("").summary());
      String revision = put(store, key, null, large);
      assertHolds(store, key, large, revision);
      StateDocument small = document("{\"text\":\"\u00e9\u4e16\ud83d\ude00\\u0000\r\n\"}");
      assertHolds(store, key, small, put(store, key, revision, small));
    }
  }

  @Test
  default void tenantsWhoseIdsLookAlikeAreKeptApart() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      Map<String, String> revisions = new HashMap<>();
      for (String tenant : HOSTILE_TENANTS) {
        revisions.put(
            tenant, put(store, key(installation, tenant), null, document("of " + tenant)));
      }
      for (String tenant : HOSTILE_TENANTS) {
        assertHolds(
            store,
            key(installation, tenant),
            document("of " + tenant),
            revisions.getOrDefault(tenant, ""));
      }
      assertThat(StoreUnderTest.listAll(store, StateStore.Query.all(installation), 5))
          .extracting(listed -> listed.key().tenant().value())
          .containsExactlyInAnyOrderElementsOf(HOSTILE_TENANTS);
    }
  }

  @Test
  default void plansAndInstallationsAreKeptApart() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      TenantId acme = TenantId.of("acme");
      List<DocumentKey> keys =
          List.of(
              new DocumentKey(installation, "a", acme),
              new DocumentKey(installation, "A", acme),
              new DocumentKey(installation, "a/b", acme),
              new DocumentKey(installation + "/a", "b", acme),
              new DocumentKey(installation.toUpperCase(Locale.ROOT), "a", acme));
      for (DocumentKey key : keys) {
        put(store, key, null, document(key.toString()));
      }
      for (DocumentKey key : keys) {
        byte[] content = store.read(key).orElseThrow().document().content();
        assertThat(new String(content, StandardCharsets.UTF_8)).isEqualTo(key.toString());
      }
    }
  }

  @Test
  default void aSecondInstanceSeesEveryWriteAtOnce() throws Exception {
    assumeTrue(sharesData(), "the store is in memory, there is no second instance");
    try (StateStore one = open();
        StateStore other = open()) {
      DocumentKey key = newKey();
      String revision = put(one, key, null, document("0"));
      for (int i = 1; i <= 20; i++) {
        StateStore writer = i % 2 == 0 ? one : other;
        revision = put(writer, key, revision, document("" + i));
        assertHolds(one, key, document("" + i), revision);
        assertHolds(other, key, document("" + i), revision);
      }
      remove(other, key, revision);
      assertThat(one.read(key)).isEmpty();
    }
  }

  @Test
  default void aStoreThatIsOpenedAgainHasEverything() throws Exception {
    assumeTrue(sharesData(), "the store is in memory");
    DocumentKey key = newKey();
    DocumentKey gone = key(key.installation(), "gone");
    String revision;
    try (StateStore store = open()) {
      revision = put(store, key, null, document("kept", NOON));
      remove(store, gone, put(store, gone, null, document("x", NOON)));
    }
    try (StateStore store = open()) {
      assertHolds(store, key, document("kept", NOON), revision);
      assertThat(store.read(gone)).isEmpty();
      assertThat(store.due(key.installation(), NOON, 10)).hasSize(1);
      assertThat(store.list(StateStore.Query.all(key.installation()), null, 10).documents())
          .hasSize(1);
      assertThat(store.write(key, revision, document("changed"))).isPresent();
    }
  }

  @Test
  default void aClosedStoreRefuses() throws Exception {
    StateStore store = open();
    store.close();
    store.close();
    DocumentKey key = newKey();
    List<ThrowingCallable> calls =
        List.of(
            () -> store.read(key),
            () -> store.write(key, null, document("x")),
            () -> store.due(key.installation(), NOON, 1),
            () -> store.list(StateStore.Query.all(key.installation()), null, 1));
    for (var call : calls) {
      assertThatThrownBy(call).isInstanceOf(RuntimeException.class).hasMessageContaining("closed");
    }
  }

  /** Ids that a file system, a database or a person could take for one another. */
  List<String> HOSTILE_TENANTS =
      List.of(
          "Acme",
          "acme",
          "ACME",
          "..",
          ".",
          "../x",
          "a/b",
          "a\\b",
          "a:b",
          "a b",
          "a%2Fb",
          "con",
          "CON",
          "con.txt",
          "nul",
          "-rf",
          "~",
          "*",
          "a_b",
          "a%b",
          "caf\u00e9",
          "cafe\u0301",
          "\u0430\u0441\u043c\u0435",
          "\uff41cme",
          "stra\u00dfe",
          "strasse",
          "\u0130",
          "i\u0307",
          "\ud83d\ude00",
          "'; drop table state; --",
          "x".repeat(512),
          "x".repeat(511) + "y",
          "\u00fc".repeat(256));
}
