package dev.provisioner.testkit;

import static dev.provisioner.testkit.StoreUnderTest.document;
import static dev.provisioner.testkit.StoreUnderTest.key;
import static dev.provisioner.testkit.StoreUnderTest.listAll;
import static dev.provisioner.testkit.StoreUnderTest.newInstallation;
import static dev.provisioner.testkit.StoreUnderTest.put;
import static dev.provisioner.testkit.StoreUnderTest.remove;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The listing of documents. */
interface ListContract extends StoreUnderTest {
  /** Or a slow store would be written to faster than it is listed. */
  int MOST_PASSING = 200;

  @Test
  default void pagesOfAnySizeHoldEveryDocumentOnceInOneOrder() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      List<DocumentKey> keys = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String plan = i % 3 == 0 ? "onboarding" : "Reports/" + i % 3;
        keys.add(new DocumentKey(installation, plan, TenantId.of("Tenant " + i)));
        put(store, keys.get(i), null, document("x"));
      }
      put(store, key(newInstallation(), "other"), null, document("x"));
      List<Listed> all = listAll(store, Query.all(installation), 10_000);
      assertThat(all).extracting(Listed::key).containsExactlyInAnyOrderElementsOf(keys);
      for (int limit : new int[] {1, 7, 59, 60, 61}) {
        assertThat(listAll(store, Query.all(installation), limit)).isEqualTo(all);
      }
    }
  }

  @Test
  default void onlyWhatTheQueryWantsIsListed() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      for (String plan : List.of("one", "two")) {
        for (Lifecycle lifecycle : List.of(Lifecycle.ACTIVE, Lifecycle.RETAINED)) {
          for (RunStatus run : List.of(RunStatus.RUNNING, RunStatus.FAILED)) {
            put(
                store,
                new DocumentKey(installation, plan, TenantId.of(lifecycle + "-" + run)),
                null,
                document("x", lifecycle, run, null));
          }
        }
      }
      List<Query> queries =
          List.of(
              Query.all(installation),
              new Query(installation, "two", null, null),
              new Query(installation, null, Lifecycle.RETAINED, null),
              new Query(installation, null, null, RunStatus.FAILED),
              new Query(installation, "one", Lifecycle.ACTIVE, RunStatus.RUNNING),
              new Query(installation, "three", null, null),
              new Query(installation, null, Lifecycle.PURGED, null));
      assertThat(queries)
          .map(query -> listAll(store, query, 3).size())
          .containsExactly(8, 4, 4, 4, 1, 0, 0);
      assertThat(queries)
          .allSatisfy(
              query ->
                  assertThat(listAll(store, query, 3))
                      .allMatch(found -> query.matches(found.key(), found.summary())));
    }
  }

  @Test
  default void aDeletedDocumentIsNotListedAndAChangedOneAsItIs() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      DocumentKey gone = key(installation, "gone");
      DocumentKey changed = key(installation, "changed");
      remove(store, gone, put(store, gone, null, document("x")));
      String revision = put(store, changed, null, document("x"));
      put(store, changed, revision, document("x", Lifecycle.PURGED, RunStatus.FAILED, NOON));
      assertThat(listAll(store, Query.all(installation), 10))
          .containsExactly(
              new Listed(
                  changed, document("x", Lifecycle.PURGED, RunStatus.FAILED, NOON).summary()));
    }
  }

  @Test
  default void whatExistsThroughoutIsListedOnceWhateverIsWrittenMeanwhile() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      List<DocumentKey> lasting = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        lasting.add(key(installation, "lasting-" + i));
        put(store, lasting.get(i), null, document("x"));
      }
      AtomicBoolean enough = new AtomicBoolean();
      ExecutorService writer = Executors.newSingleThreadExecutor();
      try {
        Future<?> writing = writer.submit(() -> writeUntil(enough, store, installation, lasting));
        for (int round = 0; round < 10; round++) {
          assertThat(listAll(store, Query.all(installation), 1 + 3 * round))
              .extracting(Listed::key)
              .filteredOn(key -> key.tenant().value().startsWith("lasting"))
              .containsExactlyInAnyOrderElementsOf(lasting);
        }
        enough.set(true);
        writing.get();
      } finally {
        enough.set(true);
        writer.shutdown();
      }
    }
  }

  private static void writeUntil(
      AtomicBoolean enough, StateStore store, String installation, List<DocumentKey> lasting) {
    for (int i = 0; !enough.get(); i++) {
      DocumentKey rewritten = lasting.get(i % lasting.size());
      put(store, rewritten, store.read(rewritten).orElseThrow().revision(), document("y" + i));
      if (i < MOST_PASSING) {
        DocumentKey passing = key(installation, "passing-" + i);
        String revision = put(store, passing, null, document("x"));
        if (i % 2 == 0) {
          remove(store, passing, revision);
        }
      }
    }
  }

  @Test
  default void anUnknownInstallationHasNoDocuments() throws Exception {
    try (StateStore store = open()) {
      assertThat(listAll(store, Query.all(newInstallation()), 10)).isEmpty();
    }
  }

  @Test
  default void whatIsNoCursorIsRefused() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      put(store, key(installation, "acme"), null, document("x"));
      assertThatThrownBy(() -> store.list(Query.all(installation), "no cursor", 10))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
