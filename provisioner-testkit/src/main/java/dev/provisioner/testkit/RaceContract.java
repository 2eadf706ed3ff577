package dev.provisioner.testkit;

import static dev.provisioner.testkit.StoreUnderTest.document;
import static dev.provisioner.testkit.StoreUnderTest.newKey;
import static dev.provisioner.testkit.StoreUnderTest.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Writes of a store that race, over two instances if the store shares its data. */
interface RaceContract extends StoreUnderTest {
  int WRITERS = 8;

  @Test
  default void exactlyOneOfRacingWritersWins() throws Exception {
    try (StateStore one = open();
        StateStore other = sharesData() ? open() : one) {
      for (int round = 0; round < 10; round++) {
        DocumentKey key = newKey();
        String revision = round % 2 == 0 ? null : put(one, key, null, document("before"));
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Boolean> wins =
            race(
                writer -> {
                  start.await(60, TimeUnit.SECONDS);
                  StateStore store = writer % 2 == 0 ? one : other;
                  return store.write(key, revision, document("by " + writer)).isPresent();
                });
        assertThat(wins).as("winners of round %d", round).containsOnlyOnce(true);
        assertThat(new String(one.read(key).orElseThrow().document().content(), UTF_8))
            .isEqualTo("by " + wins.indexOf(true));
      }
    }
  }

  @Test
  default void exactlyOneOfRacingDeletionsAndReplacementsWins() throws Exception {
    try (StateStore store = open()) {
      for (int round = 0; round < 10; round++) {
        DocumentKey key = newKey();
        String revision = put(store, key, null, document("before"));
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Boolean> wins =
            race(
                writer -> {
                  start.await(60, TimeUnit.SECONDS);
                  return store
                      .write(key, revision, writer % 2 == 0 ? null : document("by " + writer))
                      .isPresent();
                });
        assertThat(wins).as("winners of round %d", round).containsOnlyOnce(true);
        assertThat(store.read(key).isPresent()).isEqualTo(wins.indexOf(true) % 2 == 1);
      }
    }
  }

  @Test
  default void noIncrementOfRacingWritersIsLost() throws Exception {
    try (StateStore one = open();
        StateStore other = sharesData() ? open() : one) {
      DocumentKey key = newKey();
      put(one, key, null, document("0"));
      race(
          writer -> {
            for (int i = 0; i < 25; i++) {
              increment(writer % 2 == 0 ? one : other, key);
            }
            return true;
          });
      assertThat(new String(one.read(key).orElseThrow().document().content(), UTF_8))
          .isEqualTo("" + WRITERS * 25);
    }
  }

  @Test
  default void whatRacingClientsSeeCouldHaveHappenedOneAfterAnother() throws Exception {
    try (StateStore one = open();
        StateStore other = sharesData() ? open() : one) {
      for (int round = 0; round < 5; round++) {
        RegisterRace register = new RegisterRace(newKey());
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        race(
            client -> {
              start.await(60, TimeUnit.SECONDS);
              register.run(client % 2 == 0 ? one : other, client, 25);
              return true;
            });
        assertThat(register.history().size()).isGreaterThan(WRITERS * 20);
        assertThat(register.history().contradiction()).isEmpty();
      }
    }
  }

  private static void increment(StateStore store, DocumentKey key) {
    boolean written = false;
    while (!written) {
      StateStore.Versioned read = store.read(key).orElseThrow();
      int count = Integer.parseInt(new String(read.document().content(), UTF_8));
      written = store.write(key, read.revision(), document("" + (count + 1))).isPresent();
    }
  }

  private static List<Boolean> race(Writer work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        tasks.add(() -> work.write(writer));
      }
      List<Boolean> results = new ArrayList<>();
      for (Future<Boolean> result : threads.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /** What one of the racing threads does. */
  interface Writer {
    boolean write(int number) throws Exception;
  }
}
