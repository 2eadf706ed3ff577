package dev.provisioner.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.Summary;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SimulatedCrash;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a listing and a search for due documents ask of the bucket. */
final class ObjectSearchTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final int AT_ONCE = 8;

  private final MemoryBucket bucket = new MemoryBucket();
  private final DisturbedBucket disturbed = new DisturbedBucket(bucket);
  private final StateStore store = ObjectStateStore.open(disturbed);
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();

  private void count(String call, String name) {
    calls.merge(call, 1, Integer::sum);
  }

  private void write(int documents) {
    for (int i = 0; i < documents; i++) {
      RunStatus run = i % 10 == 0 ? RunStatus.FAILED : RunStatus.SUCCEEDED;
      assertThat(
              store.write(
                  new DocumentKey("shop", "plan", TenantId.of("tenant-" + (1000 + i))),
                  null,
                  new StateDocument(
                      new byte[] {1},
                      new Summary(
                          Summary.Lifecycle.ACTIVE, run, 1, NOON.plusMillis(i), Instant.EPOCH))))
          .isPresent();
    }
  }

  private static List<String> tenants(List<Listed> listed) {
    return listed.stream().map(each -> each.key().tenant().value()).toList();
  }

  @Test
  void eightHeadersAreReadAtOnceAndTheirOrderIsKept() {
    write(40);
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch enough = new CountDownLatch(AT_ONCE);
    CountDownLatch tooMany = new CountDownLatch(AT_ONCE + 1);
    disturbed.before =
        (call, name) -> {
          count(call, name);
          if (call.equals("get")) {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            enough.countDown();
            tooMany.countDown();
            awaitOrFail(enough);
            await(tooMany, 5);
          }
        };
    disturbed.after =
        (call, name) -> {
          if (call.equals("get")) {
            under.decrementAndGet();
          }
        };
    List<Listed> listed = store.list(Query.all("shop"), null, 100).documents();
    assertThat(tenants(listed)).hasSize(40).isSorted();
    assertThat(calls).isEqualTo(Map.of("list", 1, "get", 40));
    assertThat(store.due("shop", NOON.plusSeconds(1), 100)).isEqualTo(listed);
    assertThat(calls).isEqualTo(Map.of("list", 2, "get", 80));
    assertThat(most).hasValue(AT_ONCE);
  }

  private static void awaitOrFail(CountDownLatch latch) throws IOException {
    if (!await(latch, 60_000)) {
      throw new IOException("Nobody else came.");
    }
  }

  private static boolean await(CountDownLatch latch, int millis) throws IOException {
    try {
      return latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aSearchReadsWhatIsDueAndNothingElse() {
    write(40);
    disturbed.before = this::count;
    assertThat(store.due("shop", NOON.plusMillis(9), 100)).hasSize(10);
    assertThat(calls).isEqualTo(Map.of("list", 1, "get", 10));
    assertThat(tenants(store.due("shop", NOON.plusMillis(9), 3)))
        .containsExactly("tenant-1000", "tenant-1001", "tenant-1002");
    assertThat(calls).isEqualTo(Map.of("list", 2, "get", 13));
  }

  @Test
  void staleMarkersMakeASearchNeitherTooShortNorTooLong() {
    write(6);
    String stale =
        "shop/due/%015d.plan.tenant-1005.%s.%s".formatted(0, "a".repeat(32), "b".repeat(32));
    bucket.put(stale, new byte[0]);
    assertThat(tenants(store.due("shop", NOON.plusMillis(9), 3)))
        .containsExactly("tenant-1000", "tenant-1001", "tenant-1002");
    assertThat(bucket.names()).doesNotContain(stale);
  }

  @Test
  void aQueryForAStatusReadsLittleBeyondItsPage() {
    write(100);
    disturbed.before = this::count;
    Query failed = new Query("shop", null, null, RunStatus.FAILED);
    List<Listed> all = new ArrayList<>();
    String cursor = null;
    do {
      StateStore.Page page = store.list(failed, cursor, 2);
      all.addAll(page.documents());
      cursor = page.next();
    } while (cursor != null);
    assertThat(tenants(all)).hasSize(10).isSorted();
    assertThat(calls.get("get")).isBetween(100, 100 + all.size() / 2 * AT_ONCE);
  }

  @Test
  void noHeaderIsReadAfterAFailure() {
    write(100);
    disturbed.before =
        (call, name) -> {
          count(call, name);
          if (call.equals("get")) {
            throw new IOException("S3 did not answer.");
          }
        };
    assertThatThrownBy(() -> store.list(Query.all("shop"), null, 100))
        .isInstanceOf(StateStoreException.class)
        .hasMessage("Cannot list the documents of 'shop'. S3 did not answer. Nothing was changed.");
    assertThat(calls.get("get")).isLessThanOrEqualTo(AT_ONCE);
  }

  @Test
  void anErrorOfAThreadThatReadsReachesTheCaller() {
    write(30);
    disturbed.before =
        (call, name) -> {
          if (name.endsWith("tenant-1015")) {
            throw new SimulatedCrash("the reader is killed");
          }
        };
    assertThatThrownBy(() -> store.list(Query.all("shop"), null, 100))
        .isInstanceOf(SimulatedCrash.class);
  }

  @Test
  void anInterruptNeitherEndsAListingNorIsLost() {
    write(30);
    Thread.currentThread().interrupt();
    List<Listed> listed = store.list(Query.all("shop"), null, 100).documents();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(listed).hasSize(30);
  }

  @Test
  void objectsOfSomebodyElseAreNotListedAndDoNotEndAListing() {
    write(3);
    for (String stray : List.of("a", "plan/tenant-1000.txt", "plan/x/y", "zz top", "~")) {
      bucket.put("shop/state/" + stray, "not ours".getBytes(UTF_8));
    }
    List<Listed> all = new ArrayList<>();
    String cursor = null;
    do {
      StateStore.Page page = store.list(Query.all("shop"), cursor, 1);
      all.addAll(page.documents());
      cursor = page.next();
    } while (cursor != null);
    assertThat(tenants(all)).containsExactly("tenant-1000", "tenant-1001", "tenant-1002");
  }
}
