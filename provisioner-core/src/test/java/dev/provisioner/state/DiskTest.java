package dev.provisioner.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskTest {
  @TempDir private Path root;

  @Test
  void aDirectoryThatAnotherProcessRemovesMeanwhileIsMadeAgain() throws Exception {
    Disk disk = new Disk(root);
    Path directory = root.resolve("bucket");
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> removals =
        CompletableFuture.supplyAsync(
            () -> {
              int removed = 0;
              while (!stop.get()) {
                removed += directory.toFile().delete() ? 1 : 0;
              }
              return removed;
            });
    try {
      for (int made = 0; made < 300; ) {
        made += disk.makeDirectory(directory) ? 1 : 0;
      }
    } finally {
      stop.set(true);
    }
    assertThat(removals.get()).isGreaterThanOrEqualTo(299);
  }

  @Test
  void aFileInTheWayOfADirectoryIsToldAndLeft() throws IOException {
    Path file = Files.createFile(root.resolve("bucket"));
    assertThatThrownBy(() -> new Disk(root).makeDirectory(file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).isRegularFile();
  }
}
