package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A search for due documents opens those and no others. */
final class ManyDocumentsTest {
  @Test
  void ofTwentyThousandDocumentsOnlyTheTenThatAreDueAreRead() throws IOException {
    Path directory = temporary();
    try (FileStateStore store = FileStateStore.open(directory)) {
      int all = directory.startsWith("/dev/shm") ? 20_000 : 2_000;
      for (int i = 0; i < all; i++) {
        Instant dueAt = i % (all / 10) == 3 ? NOON.minusMillis(i) : later(i);
        assertThat(store.write(key("tenant-" + i), null, document("x", dueAt))).isPresent();
      }
      List<DocumentKey> due =
          IntStream.range(0, 10).mapToObj(i -> key("tenant-" + (3 + all / 10 * (9 - i)))).toList();
      for (int i = 0; i < all; i++) {
        if (!due.contains(key("tenant-" + i))) {
          Path file = DocumentPlace.of(key("tenant-" + i)).file(directory.toRealPath());
          Files.write(file, new byte[] {'?'}); // reading it would be an error
        }
      }
      assertThat(store.due("shop-eu", NOON, 10_000))
          .extracting(StateStore.Listed::key)
          .containsExactlyElementsOf(due);
      assertThatThrownBy(() -> store.list(StateStore.Query.all("shop-eu"), null, 10_000))
          .isInstanceOf(StateStoreException.class);
    } finally {
      delete(directory);
    }
  }

  /** Some in the very hour that is searched, some later, some never. */
  private static @Nullable Instant later(int i) {
    return switch (i % 3) {
      case 0 -> NOON.plusMillis(1 + i);
      case 1 -> NOON.plus(Duration.ofMinutes(i));
      default -> null;
    };
  }

  /** In memory if there is such a place: what is tested is not the disk. */
  private static Path temporary() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "store")
        : Files.createTempDirectory("store");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
