package dev.provisioner.state;

import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a file state store can be, and what happens when its directory changes under it. */
final class OpeningTest {
  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void resolve() throws IOException {
    directory = temporary.toRealPath().resolve("a/store");
  }

  @Test
  void aNewDirectoryIsMadeForItsOwnerAlone() throws IOException {
    assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
        "the file system has no POSIX permissions");
    try (FileStateStore store = FileStateStore.open(directory)) {
      assertThat(store.write(key("acme"), null, document("x", Sample.NOON))).isPresent();
      AutoCloseable announced = store.announce("engine-1");
    }
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .as(path.toString())
                      .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  @Test
  void aFileIsRefused() throws IOException {
    Path file = Files.createFile(temporary.toRealPath().resolve("file"));
    assertThatThrownBy(() -> FileStateStore.open(file))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot open a file state store at "
                + file
                + ": it is a file. Name a directory, which may be new.");
  }

  @Test
  void aDirectoryWithOtherThingsIsRefusedAndLeftAsItIs() throws IOException {
    Files.createDirectories(directory);
    Files.createFile(directory.resolve("thesis.doc"));
    assertThatThrownBy(() -> FileStateStore.open(directory))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot open a file state store at "
                + directory
                + ": it holds 'thesis.doc' but no file VERSION, so it is not a store. Name an empty"
                + " or a new directory, or restore VERSION from a backup.");
    assertThat(directory).isDirectoryNotContaining("glob:**/VERSION*");
  }

  @Test
  void anUnknownLayoutIsRefused() throws IOException {
    FileStateStore.open(directory).close();
    for (String version : new String[] {"provisioner file store, layout 2\n", "", "\0\0\0"}) {
      Files.writeString(directory.resolve("VERSION"), version);
      assertThatThrownBy(() -> FileStateStore.open(directory))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("this release knows 'provisioner file store, layout 1'")
          .hasMessageContaining("Use the release that wrote it.");
    }
  }

  @Test
  void anOpeningThatCrashedIsMadeGood() throws IOException {
    Files.createDirectories(directory);
    Files.createFile(directory.resolve("VERSION.tmp-1"));
    try (FileStateStore store = FileStateStore.open(directory)) {
      assertThat(store.read(key("acme"))).isEmpty();
    }
  }

  @Test
  void aPathInAnArchiveIsRefused() throws IOException {
    Path archive = temporary.resolve("archive.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      assertThatThrownBy(() -> FileStateStore.open(zip.getPath("/store")))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("not on the default file system");
    }
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsRefused() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "permissions do not hold for root");
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
    assertThatThrownBy(() -> FileStateStore.open(directory))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("may not write there");
  }

  @Test
  void aVanishedDirectoryIsAnErrorAndNotAnEmptyStore() throws IOException {
    try (FileStateStore store = FileStateStore.open(directory)) {
      String revision = store.write(key("acme"), null, document("x")).orElseThrow();
      Path elsewhere = directory.resolveSibling("elsewhere");
      Files.move(directory, elsewhere);
      assertAllRefuse(store, "is not there");
      Files.createDirectory(directory); // as a mount point without its volume
      assertAllRefuse(store, "is not there");
      Files.delete(directory);
      Files.move(elsewhere, directory);
      assertThat(store.read(key("acme"))).map(Sample::text).contains("x");
      assertThat(store.write(key("acme"), revision, document("y"))).isPresent();
      assertThat(store.write(key("new"), null, document("y"))).isPresent();
    }
  }

  private static void assertAllRefuse(FileStateStore store, String why) {
    for (Runnable call :
        new Runnable[] {
          () -> store.read(key("acme")),
          () -> store.write(key("acme"), null, document("x")),
          () -> store.write(key("new"), null, document("x")),
          () -> store.due("shop-eu", Sample.NOON, 1),
          () -> store.list(StateStore.Query.all("shop-eu"), null, 1)
        }) {
      assertThatThrownBy(call::run)
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(why)
          .hasMessageContaining("bring them back and try again");
    }
  }

  @Test
  void twoStoresOnOneDirectoryThroughASymbolicLinkExcludeEachOther() throws Exception {
    Files.createDirectories(directory);
    Path link = Files.createSymbolicLink(temporary.resolve("link"), directory);
    try (FileStateStore one = FileStateStore.open(directory);
        FileStateStore other = FileStateStore.open(link)) {
      assertThat(one.write(key("acme"), null, document("x"))).isPresent();
      assertThat(other.write(key("acme"), null, document("y"))).isEmpty();
      try (AutoCloseable announced = one.announce("engine-1")) {
        assertThat(other.certainlyDead("engine-1")).isFalse();
        assertThatThrownBy(() -> other.announce("engine-1"))
            .isInstanceOf(StateStoreException.class)
            .hasMessageContaining("an engine with this id is alive");
      }
      assertThat(other.certainlyDead("engine-1")).isTrue();
    }
  }

  @Test
  void closedStoresHoldNoFilesOpen() throws Exception {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "needs /proc");
    for (int i = 0; i < 3; i++) {
      FileStateStore one = FileStateStore.open(directory);
      FileStateStore other = FileStateStore.open(directory);
      for (int tenant = 0; tenant < 20; tenant++) {
        assertThat(one.write(key(i + "-" + tenant), null, document("x"))).isPresent();
      }
      AutoCloseable announced = one.announce("engine-" + i);
      one.close();
      assertThat(other.write(key("last-" + i), null, document("x"))).isPresent();
      other.close();
    }
    try (Stream<Path> descriptors = Files.list(open)) {
      assertThat(descriptors.filter(fd -> leadsInto(directory, fd))).isEmpty();
    }
  }

  private static boolean leadsInto(Path directory, Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void namesInTheStoreAreReadableAndStayInside() throws IOException {
    try (FileStateStore store = FileStateStore.open(directory)) {
      for (String tenant : Set.of("acme", "../../../escape", "Acme Corp.")) {
        assertThat(store.write(key(tenant), null, document("x"))).isPresent();
      }
    }
    Path tenants = directory.resolve("installations/shop-eu/plans/onboarding/tenants");
    try (Stream<Path> files = Files.walk(tenants)) {
      assertThat(files.filter(Files::isRegularFile))
          .extracting(file -> tenants.relativize(file).toString())
          .satisfiesExactlyInAnyOrder(
              name -> assertThat(name).matches("[a-z2-7]/acme/state"),
              name -> assertThat(name).matches("[a-z2-7]/escape_[a-z2-7]{26}/state"),
              name -> assertThat(name).matches("[a-z2-7]/acme-corp_[a-z2-7]{26}/state"));
    }
    try (Stream<Path> outside = Files.list(temporary)) {
      assertThat(outside).hasSize(1);
    }
  }
}
