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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The listing of documents. */
interface ListContract extends StoreUnderTest {
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

  /**
   * Beside every document that stays another comes and goes, wherever the store orders it, so that
   * positions shift under the listing. The writer makes one step for each document that a page asks
   * for, while the page is read: a fast store is written to often enough, and a slow one not faster
   * than it lists.
   */
  @Test
  default void whatExistsThroughoutIsListedOnceWhateverIsWrittenMeanwhile() throws Exception {
    try (StateStore store = open()) {
      String installation = newInstallation();
      ShiftingDocuments documents = new ShiftingDocuments(store, installation, 40);
      ExecutorService writer = Executors.newSingleThreadExecutor();
      Semaphore steps = new Semaphore(0);
      AtomicBoolean enough = new AtomicBoolean();
      try {
        Future<?> writing =
            writer.submit(
                () -> {
                  for (steps.acquire(); !enough.get(); steps.acquire()) {
                    documents.step();
                  }
                  return null;
                });
        for (int limit : new int[] {1, 3, 8, 21, 34}) {
          List<DocumentKey> listed = new ArrayList<>();
          String cursor = null;
          do {
            steps.release(limit);
            StateStore.Page page = store.list(Query.all(installation), cursor, limit);
            page.documents().forEach(found -> listed.add(found.key()));
            cursor = page.next();
          } while (cursor != null);
          assertThat(listed)
              .as("listed %s at once", limit)
              .filteredOn(documents.lasting()::contains)
              .containsExactlyInAnyOrderElementsOf(documents.lasting());
        }
        enough.set(true);
        steps.release();
        writing.get();
      } finally {
        writer.shutdownNow();
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
