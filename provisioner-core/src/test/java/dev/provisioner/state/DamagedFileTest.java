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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is not what was written is reported: never absent, never another document. */
final class DamagedFileTest {
  @TempDir Path directory;
  private FileStateStore store;
  private Path file;
  private byte[] whole;

  @BeforeEach
  void writeOne() throws IOException {
    store = FileStateStore.open(directory);
    assertThat(store.write(key("acme"), null, document("{\"n\":1}", NOON))).isPresent();
    file = DocumentPlace.of(key("acme")).file(directory.toRealPath());
    whole = Files.readAllBytes(file);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void everyTruncationIsReported() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertReported("cut to " + length);
    }
  }

  @Test
  void everyFlippedBitIsReported() throws IOException {
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        assertReported("bit " + bit + " of byte " + i);
      }
    }
  }

  @Test
  void bytesBehindTheDocumentAreReported() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertReported("one byte more");
  }

  @Test
  void aFileOfZeroesIsReported() throws IOException {
    Files.write(file, new byte[whole.length]);
    assertReported("zeroes");
  }

  @Test
  void theMessageNamesTheFileAndSaysWhatToDo() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> store.read(key("acme")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state file "
                + file
                + " cannot be read: it has "
                + (whole.length - 1)
                + " bytes and should have "
                + whole.length
                + ". It was left as it is; no other tenant is affected. Restore it from a backup,"
                + " or move its directory out of the store and see to the tenant's resources by"
                + " hand.");
  }

  @Test
  void anUnknownFormatVersionIsRefused() throws IOException {
    byte[] newer = whole.clone();
    newer["provisioner-state 000".length()] = '2';
    Files.write(file, newer);
    assertThatThrownBy(() -> store.read(key("acme")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("format version 2 and this release reads version 1")
        .hasMessageContaining("use the release that wrote it");
  }

  @Test
  void anotherTenantsFileIsReported() throws IOException {
    assertThat(store.write(key("other"), null, document("x"))).isPresent();
    Path other = DocumentPlace.of(key("other")).file(directory.toRealPath());
    Files.write(other, whole);
    assertThatThrownBy(() -> store.read(key("other")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(other.toString())
        .hasMessageContaining("holds the state of shop-eu/onboarding/acme");
  }

  @Test
  void aDamagedDocumentDoesNotHideOthersThatAreDue() throws IOException {
    assertThat(store.write(key("other"), null, document("x", NOON.plusMillis(1)))).isPresent();
    Files.write(file, new byte[10]);
    assertThat(store.due("shop-eu", NOON.plusSeconds(1), 1))
        .extracting(StateStore.Listed::key)
        .containsExactly(key("other"));
    // Its marker stays: repaired, it is due again.
    Files.write(file, whole);
    assertThat(store.due("shop-eu", NOON.plusSeconds(1), 10)).hasSize(2);
  }

  @Test
  void aHeaderThatClaimsToBeHugeDoesNotHideOthersThatAreDue() throws IOException {
    assertThat(store.write(key("other"), null, document("x", NOON))).isPresent();
    for (String length : List.of("7fffffff", "7fffffd6", "7ffff000", "ffffffff", "70000000")) {
      Files.writeString(
          file, "provisioner-state 0001 " + length + " 00000000\n" + "x".repeat(5000));
      assertReported("a header of " + length);
      assertThat(store.due("shop-eu", NOON.plusSeconds(1), 10))
          .extracting(StateStore.Listed::key)
          .containsExactly(key("other"));
    }
  }

  private void assertReported(String damage) {
    assertThatThrownBy(() -> store.read(key("acme")))
        .as("read, %s", damage)
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(file.toString());
    // A put as if it were absent is refused, or conflicts if the header is whole.
    try {
      assertThat(store.write(key("acme"), null, document("new"))).as("put, %s", damage).isEmpty();
    } catch (StateStoreException e) {
      assertThat(e).hasMessageContaining(file.toString());
    }
    // A listing reads the header alone: it is reported, or whole.
    try {
      assertThat(store.list(StateStore.Query.all("shop-eu"), null, 1).documents())
          .containsExactly(new StateStore.Listed(key("acme"), document("", NOON).summary()));
    } catch (StateStoreException e) {
      assertThat(e).hasMessageContaining(file.toString());
    }
  }
}
