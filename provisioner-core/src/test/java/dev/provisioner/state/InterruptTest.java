package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.error.StateStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes the channel a thread uses; the store must not suffer from it. */
final class InterruptTest {
  @TempDir Path directory;
  private FileStateStore store;

  @BeforeEach
  void open() {
    store = FileStateStore.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void anInterruptedThreadCompletesEveryCallAndStaysInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    try {
      String revision = store.write(key("acme"), null, document("x", NOON)).orElseThrow();
      assertThat(store.write(key("acme"), revision, document("y", NOON))).isPresent();
      assertThat(store.read(key("acme"))).map(Sample::text).contains("y");
      assertThat(store.due("shop-eu", NOON, 10)).hasSize(1);
      assertThat(store.list(StateStore.Query.all("shop-eu"), null, 10).documents()).hasSize(1);
      AutoCloseable announced = store.announce("engine-1");
      assertThat(store.certainlyDead("engine-1")).isFalse();
      announced.close();
      assertThat(store.certainlyDead("engine-1")).isTrue();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void interruptsAtAnyMomentNeitherLoseWritesNorDisturbOthers() throws Exception {
    int increments = 150;
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    AtomicInteger flagsKept = new AtomicInteger();
    assertThat(store.write(key("acme"), null, document("0", NOON))).isPresent();
    Runnable increment =
        () -> {
          try {
            for (int i = 0; i < increments; i++) {
              increment();
              flagsKept.addAndGet(Thread.interrupted() ? 1 : 0);
            }
          } catch (RuntimeException | Error e) {
            thrown.add(e);
          }
        };
    Thread harried = new Thread(increment);
    Thread calm = new Thread(increment);
    harried.start();
    calm.start();
    while (harried.isAlive()) {
      harried.interrupt();
      Thread.sleep(1);
    }
    calm.join();
    assertThat(thrown).isEmpty();
    assertThat(store.read(key("acme"))).map(Sample::text).contains("" + 2 * increments);
    assertThat(flagsKept.get()).isPositive();
  }

  private void increment() {
    boolean written = false;
    while (!written) {
      StateStore.Versioned read = store.read(key("acme")).orElseThrow();
      int next = Integer.parseInt(Sample.text(read)) + 1;
      StateDocument document = document("" + next, NOON.plusMillis(next % 3));
      written = store.write(key("acme"), read.revision(), document).isPresent();
    }
  }

  @Test
  void aLockThatIsNotReleasedIsGivenUpWithAMessage() throws Exception {
    Path root = directory.toRealPath();
    LockFiles locks = LockFiles.acquire(root.resolve("locks"), new Disk(root));
    DocumentPlace place = DocumentPlace.of(key("acme"));
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    try (FileStateStore hasty = FileStateStore.open(directory, Duration.ofMillis(50));
        LockFile.Held stuck = locks.of(place).lock(Duration.ofSeconds(1))) {
      Thread writer =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  var unused = hasty.write(key("acme"), null, document("x"));
                } catch (StateStoreException e) {
                  thrown.add(e);
                }
                if (!Thread.interrupted()) {
                  thrown.add(new AssertionError("The interrupt was swallowed."));
                }
              });
      writer.start();
      writer.join();
    } finally {
      locks.release();
    }
    assertThat(thrown)
        .singleElement()
        .satisfies(
            e ->
                assertThat(e)
                    .hasMessage(
                        "Lock "
                            + root.resolve(
                                String.format("locks/%02d.lock", place.stripe(LockFiles.STRIPES)))
                            + " was held by another thread of this process for PT0.05S. Nothing was"
                            + " written. Writes take milliseconds: look for a process on this"
                            + " directory that is stopped or whose disk hangs, and try again."));
    assertThat(store.write(key("acme"), null, document("x"))).isPresent();
  }
}
