package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In a document's place there is something that is no file of the store at all. */
@Timeout(60)
final class StrangeFileTest {
  @TempDir Path temporary;
  private Path root;
  private FileStateStore store;
  private Path file;

  @BeforeEach
  void writeTwo() throws IOException {
    root = temporary.toRealPath().resolve("a b'\"\n$(id);*?%41");
    store = FileStateStore.open(root);
    assertThat(store.write(key("acme"), null, document("x", NOON))).isPresent();
    assertThat(store.write(key("bolt"), null, document("y", NOON))).isPresent();
    file = DocumentPlace.of(key("acme")).file(root);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aDirectoryIsReportedAndHidesNoOther() throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
    assertReportedAlone();
  }

  @Test
  void aPipeIsReportedAndHidesNoOther() throws Exception {
    Files.delete(file);
    Process made = new ProcessBuilder("mkfifo", file.toString()).start();
    assumeTrue(made.waitFor() == 0, "mkfifo does not work here");
    assertReportedAlone();
  }

  @Test
  void aLinkIsReportedAndHidesNoOther() throws IOException {
    Path elsewhere = Files.move(file, root.resolveSibling("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);
    assertReportedAlone();
    Files.delete(elsewhere);
    assertReportedAlone();
  }

  private void assertReportedAlone() {
    assertThatThrownBy(() -> store.read(key("acme")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot read the state of shop-eu/onboarding/acme: " + why("Nothing was changed."));
    assertThatThrownBy(() -> store.write(key("acme"), null, document("new")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop-eu/onboarding/acme: "
                + why("Nothing was written; what was recorded before stands."));
    assertThat(store.due("shop-eu", NOON, 10))
        .extracting(StateStore.Listed::key)
        .containsExactly(key("bolt"));
    put(document("never due"));
    assertThatThrownBy(() -> store.due("shop-eu", NOON, 10))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot read the state file "
                + file
                + ": "
                + why("It was left as it is; no other tenant is affected."));
    put(document("due again", NOON));
  }

  private String why(String stands) {
    return file
        + ": Not a regular file. "
        + stands
        + " Look at the volume (is it full, read-only, or failing?) and at the limits of this"
        + " process (open files, locks), and try again.";
  }

  private void put(StateDocument document) {
    String revision = store.read(key("bolt")).orElseThrow().revision();
    assertThat(store.write(key("bolt"), revision, document)).isPresent();
  }

  @Test
  void aHugeFileIsReportedWithoutBeingRead() throws IOException {
    try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
      long written = grown.length();
      grown.setLength(100L << 30);
      assertThatThrownBy(() -> store.read(key("acme")))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(
              file + " cannot be read: it goes on behind its " + written + " bytes.");
      grown.writeBytes("provisioner-state 0001 7fffff00 00000000\n");
      assertThatThrownBy(() -> store.read(key("acme")))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(file + " cannot be read: its header's length cannot be true.");
    }
  }

  @Test
  void aDocumentLargerThanIsReadAtOnceIsReadWhole() {
    byte[] large = new byte[(16 << 20) + 1];
    large[large.length - 1] = 1;
    StateDocument document = new StateDocument(large, document("", NOON).summary());
    assertThat(store.write(key("large"), null, document)).isPresent();
    assertThat(store.read(key("large"))).map(StateStore.Versioned::document).contains(document);
  }

  @Test
  void leftoversOfAThousandOpeningsAreRemoved() throws IOException {
    for (int i : IntStream.range(0, 1000).toArray()) {
      Files.createFile(root.resolve("VERSION.tmp-" + i));
    }
    Files.createFile(root.resolve("notes.txt"));
    try (FileStateStore other = FileStateStore.open(root)) {
      assertThat(other.read(key("acme"))).map(Sample::text).contains("x");
    }
    assertThat(root.toFile().list())
        .containsExactlyInAnyOrder("VERSION", "installations", "engines", "locks", "notes.txt");
  }
}
