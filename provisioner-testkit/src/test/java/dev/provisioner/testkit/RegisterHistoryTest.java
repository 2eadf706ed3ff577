package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories that could have been, and those that could not; stores that are wrong are caught. */
final class RegisterHistoryTest {
  private final RegisterHistory history = new RegisterHistory();

  @Test
  void callsOneAfterAnotherAreExplained() {
    history.read(history.now(), null);
    history.written(history.now(), null, "a");
    history.read(history.now(), "a");
    history.lost(history.now(), null);
    history.written(history.now(), "a", "b");
    history.written(history.now(), "b", null);
    history.read(history.now(), null);
    history.written(history.now(), null, "c");
    assertThat(history.contradiction()).isEmpty();
  }

  @Test
  void callsThatOverlapAreExplainedInAnyOrder() {
    long early = history.now();
    long late = history.now();
    history.read(early, "b");
    history.lost(early, null);
    history.written(late, "a", "b");
    history.written(early, null, "a");
    assertThat(history.contradiction()).isEmpty();
  }

  @Test
  void aReadOfWhatWasOverwrittenBeforeIsNot() {
    history.written(history.now(), null, "a");
    history.written(history.now(), "a", "b");
    history.read(history.now(), "a");
    assertThat(history.contradiction()).contains("No order explains these calls:\n5-6 READ a\n");
  }

  @Test
  void twoWinnersOverOneRevisionAreNot() {
    long begun = history.now();
    history.written(begun, null, "a");
    history.written(begun, "a", "b");
    history.written(begun, "a", "c");
    assertThat(history.contradiction()).isPresent();
  }

  @Test
  void aWriteThatLostAgainstNobodyIsNot() {
    history.written(history.now(), null, "a");
    history.lost(history.now(), "a");
    assertThat(history.contradiction()).isPresent();
  }

  @Test
  void aWriteThatIsGoneAfterItsAnswerIsNot() {
    history.written(history.now(), null, "a");
    history.read(history.now(), null);
    assertThat(history.contradiction()).isPresent();
  }

  @Test
  void aWriteWithoutAnswerMayHappenLateOrNeverButOnce() {
    history.written(history.now(), null, "a");
    history.inDoubt(history.now(), "a", "b");
    history.read(history.now(), "a");
    assertThat(history.contradiction()).isEmpty();
    history.read(history.now(), "b");
    assertThat(history.contradiction()).isEmpty();
    history.read(history.now(), "a");
    assertThat(history.contradiction()).isPresent();
  }

  @Test
  void aStoreThatComparesAndThenWritesIsCaught() throws Exception {
    assertThat(raced(new CheckThenAct())).isPresent();
  }

  @Test
  void aStoreThatReadsWhatIsOldIsCaught() throws Exception {
    assertThat(raced(new OldReads())).isPresent();
  }

  @Test
  void aStoreThatForgetsWritesIsCaught() throws Exception {
    assertThat(raced(new Forgetful())).isPresent();
  }

  private static Optional<String> raced(StateStore store) throws Exception {
    Optional<String> contradiction = Optional.empty();
    for (int round = 0; round < 50 && contradiction.isEmpty(); round++) {
      RegisterRace race = new RegisterRace(StoreUnderTest.newKey());
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          int client = i;
          clients.add(threads.submit(() -> race.run(store, client, 25)));
        }
        for (Future<?> client : clients) {
          client.get();
        }
      } finally {
        threads.shutdownNow();
      }
      contradiction = race.history().contradiction();
    }
    return contradiction;
  }

  private static final class CheckThenAct extends ForwardingStateStore {
    CheckThenAct() {
      super(MemoryStateStore.create());
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      if (!revision(key).equals(Optional.ofNullable(expected))) {
        return Optional.empty();
      }
      LockSupport.parkNanos(1_000);
      String now = revision(key).orElse(null);
      return now == null && document == null
          ? Optional.of("deleted")
          : super.write(key, now, document);
    }

    private Optional<String> revision(DocumentKey key) {
      return super.read(key).map(Versioned::revision);
    }
  }

  private static final class OldReads extends ForwardingStateStore {
    private final Map<DocumentKey, Optional<Versioned>> before = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();

    OldReads() {
      super(MemoryStateStore.create());
    }

    @Override
    public Optional<Versioned> read(DocumentKey key) {
      Optional<Versioned> now = super.read(key);
      Optional<Versioned> old = before.put(key, now);
      return reads.incrementAndGet() % 10 == 0 && old != null ? old : now;
    }
  }

  private static final class Forgetful extends ForwardingStateStore {
    private final AtomicInteger writes = new AtomicInteger();

    Forgetful() {
      super(MemoryStateStore.create());
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      int number = writes.incrementAndGet();
      boolean wins = super.read(key).map(Versioned::revision).equals(Optional.ofNullable(expected));
      return wins && number % 20 == 0
          ? Optional.of("forgotten " + number)
          : super.write(key, expected, document);
    }
  }
}
