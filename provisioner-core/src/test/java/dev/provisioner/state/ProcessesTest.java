package dev.provisioner.state;

import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on one directory, some of them killed. */
@Timeout(180)
final class ProcessesTest {
  @TempDir Path directory;

  @Test
  void noIncrementOfTwoProcessesIsLost() throws Exception {
    int times = 60;
    try (StoreProcess one = StoreProcess.start("increment", directory, times);
        StoreProcess other = StoreProcess.start("increment", directory, times)) {
      assertThat(one.await()).isZero();
      assertThat(other.await()).isZero();
    }
    try (FileStateStore store = FileStateStore.open(directory)) {
      int sum = 0;
      for (int counter = 0; counter < 3; counter++) {
        sum += Integer.parseInt(Sample.text(store.read(key("counter-" + counter)).orElseThrow()));
      }
      assertThat(sum).isEqualTo(2 * 4 * times);
      assertThat(store.due("shop-eu", Instant.MAX, 10)).hasSize(3);
    }
  }

  @Test
  void aKilledWriterLeavesTheLastAcknowledgedWriteOrTheNext() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int furthest = 0;
    for (int round = 0; round < 20; round++) {
      int acknowledged = furthest;
      try (StoreProcess writer = StoreProcess.start("write", directory)) {
        int until = furthest + 1 + random.nextInt(30);
        for (String line = writer.line(); line != null; line = writer.line()) {
          acknowledged = Integer.parseInt(line);
          if (acknowledged == until) {
            LockSupport.parkNanos(random.nextInt(15_000_000));
            writer.kill();
          }
        }
      }
      try (FileStateStore store = FileStateStore.open(directory)) {
        StateStore.Versioned read = store.read(key("acme")).orElseThrow();
        int count = StoreProcess.parsed(Sample.text(read));
        assertThat(count)
            .as("count in round %d of seed %d", round, seed)
            .isBetween(acknowledged, acknowledged + 1);
        assertThat(store.due("shop-eu", StoreProcess.dueAt(count), 10))
            .as("due in round %d of seed %d", round, seed)
            .extracting(StateStore.Listed::key)
            .contains(key("acme"));
        assertThat(store.list(StateStore.Query.all("shop-eu"), null, 10).documents())
            .extracting(StateStore.Listed::key)
            .contains(key("acme"))
            .hasSize(1 + store.read(key("passing")).map(passing -> 1).orElse(0));
        furthest = count;
      }
    }
  }

  @Test
  void aKilledEngineIsCertainlyDeadAtOnceAndALivingOneNever() throws Exception {
    try (FileStateStore store = FileStateStore.open(directory);
        StoreProcess process = StoreProcess.start("announce", directory, "engine-1")) {
      assertThat(process.line()).isEqualTo("announced");
      assertThat(store.certainlyDead("engine-1")).isFalse();
      assertThat(store.certainlyDead("engine-2")).isFalse();
      assertThatThrownBy(() -> store.announce("engine-1"))
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "Engine 'engine-1' cannot be announced at "
                  + directory.toRealPath().resolve("engines")
                  + ": an engine with this id is alive. Give every engine its own id.");
      assertThat(store.certainlyDead("engine-1")).isFalse();
      process.kill();
      assertThat(store.certainlyDead("engine-1")).isTrue();
      assertThat(store.certainlyDead("engine-1")).isTrue();
    }
  }

  @Test
  void aDeadEnginesFileIsRemovedAWeekAfterItWasFoundDead() throws Exception {
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(30)));
    try (FileStateStore store = FileStateStore.open(directory);
        AutoCloseable living = store.announce("living")) {
      store.announce("dead").close();
      Path dead = directory.resolve("engines/dead");
      Files.setLastModifiedTime(dead, longAgo);
      Files.setLastModifiedTime(directory.resolve("engines/living"), longAgo);
      AutoCloseable second = store.announce("second");
      assertThat(store.certainlyDead("dead")).isTrue();
      Files.setLastModifiedTime(dead, longAgo);
      AutoCloseable third = store.announce("third");
      assertThat(dead).doesNotExist();
      assertThat(store.certainlyDead("dead")).isFalse();
      assertThat(directory.resolve("engines/living")).exists();
    }
  }

  @Test
  void locksOfAKilledProcessAreFree() throws Exception {
    try (StoreProcess writer = StoreProcess.start("write", directory)) {
      assertThat(writer.line()).isEqualTo("1");
      writer.kill();
    }
    try (FileStateStore store = FileStateStore.open(directory, Duration.ofMillis(100))) {
      for (int i = 0; i < 100; i++) {
        assertThat(store.write(key("tenant-" + i), null, document("x"))).isPresent();
      }
    }
  }
}
