package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small volume that is really full, and one that is really read-only; needs to be root. */
final class RealVolumeTest {
  private static final String ADVICE =
      " Look at the volume (is it full, read-only, or failing?) and at the limits of this process"
          + " (open files, locks), and try again.";

  @TempDir Path temporary;
  private final Deque<Path> mounted = new ArrayDeque<>();
  private Path root;

  @BeforeEach
  void mount() throws Exception {
    root = Files.createDirectory(temporary.toRealPath().resolve("volume"));
    mount(root, "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", root.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    while (!mounted.isEmpty()) {
      Path volume = mounted.pop();
      assertThat(run("umount", "-l", volume.toString())).isZero();
    }
  }

  @Test
  void aFullVolumeIsNamedAndLosesNothingAndAllIsWellWhenThereIsRoom() throws IOException {
    try (FileStateStore store = FileStateStore.open(root)) {
      String revision = store.write(key("acme"), null, document("old", NOON)).orElseThrow();
      Path filling = root.resolve("filling");
      fill(filling);
      StateDocument larger = document("x".repeat(10_000), NOON.plusMillis(1));
      assertThatThrownBy(() -> store.write(key("acme"), revision, larger))
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "Cannot write the state of shop-eu/onboarding/acme: "
                  + DocumentPlace.of(key("acme")).prepared(root)
                  + ": No space left on device. Nothing was written; what was recorded before"
                  + " stands. The volume of "
                  + root
                  + " is full."
                  + ADVICE);
      assertThat(store.read(key("acme"))).map(Sample::text).contains("old");
      assertThat(store.due("shop-eu", NOON.plusSeconds(1), 10)).hasSize(1);
      assertThat(DocumentPlace.of(key("acme")).prepared(root)).doesNotExist();
      Files.delete(filling);
      assertThat(store.write(key("acme"), revision, larger)).isPresent();
      assertThat(store.read(key("acme")).map(StateStore.Versioned::document)).contains(larger);
    }
  }

  @Test
  void aNewStoreOnAFullVolumeLeavesNothingAndOpensWhenThereIsRoom() throws IOException {
    Path filling = root.resolve("filling");
    Path directory = Files.createDirectory(root.resolve("store"));
    fill(filling);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> FileStateStore.open(directory))
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith(
              "Cannot open a file state store at " + directory + ": " + directory + "/VERSION.tmp-")
          .hasMessageEndingWith(
              ": No space left on device. No state was changed. The volume of "
                  + directory
                  + " is full."
                  + ADVICE);
      assertThat(directory).isEmptyDirectory();
    }
    Files.delete(filling);
    FileStateStore.open(directory).close();
  }

  @Test
  void aReadOnlyVolumeIsNamedAndCanBeRead() throws Exception {
    try (FileStateStore store = FileStateStore.open(root)) {
      String revision = store.write(key("acme"), null, document("old", NOON)).orElseThrow();
      mount(root, "mount", "--bind", root.toString(), root.toString());
      assumeTrue(run("mount", "-o", "remount,bind,ro", root.toString()) == 0, "no bind mounts");
      assertThatThrownBy(() -> store.write(key("acme"), revision, document("new", NOON)))
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith(
              "Cannot write the state of shop-eu/onboarding/acme: "
                  + DocumentPlace.of(key("acme")).prepared(root)
                  + ": Read-only file system. Nothing was written; what was recorded before stands.")
          .hasMessageEndingWith(ADVICE);
      assertThat(store.read(key("acme"))).map(Sample::text).contains("old");
      assertThat(store.due("shop-eu", NOON, 10)).hasSize(1);
      assertThatThrownBy(() -> FileStateStore.open(root))
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "Cannot open a file state store at "
                  + root
                  + ": "
                  + root
                  + ": Read-only file system. No state was changed."
                  + ADVICE);
      assertThat(run("umount", "-l", mounted.pop().toString())).isZero();
      assertThat(store.write(key("acme"), revision, document("new", NOON))).isPresent();
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  private void mount(Path volume, String... command) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount volumes");
    assumeTrue(run(command) == 0, "this machine does not let tests mount volumes");
    mounted.push(volume);
  }

  private static int run(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    try {
      return new ProcessBuilder(all).inheritIO().start().waitFor();
    } catch (IOException e) {
      return 127;
    }
  }
}
