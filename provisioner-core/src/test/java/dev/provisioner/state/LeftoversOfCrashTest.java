package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.DueIndex.Marker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash between any two steps of a write leaves behind, made by hand. */
final class LeftoversOfCrashTest {
  private static final Instant LATER = NOON.plus(Duration.ofHours(5));

  @TempDir Path temporary;
  private final DocumentKey acme = key("acme");
  private final DocumentPlace place = DocumentPlace.of(acme);
  private Path root;
  private FileStateStore store;
  private DueIndex index;

  @BeforeEach
  void open() throws IOException {
    root = temporary.toRealPath();
    store = FileStateStore.open(root);
    index = new DueIndex(root, new Disk(root));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void anEmptyDirectoryIsNoDocument() throws IOException {
    Files.createDirectories(place.directory(root));
    assertAbsentAndWritable();
  }

  @Test
  void aFirstDocumentThatWasOnlyPreparedIsAbsent() throws IOException {
    Files.createDirectories(place.directory(root));
    for (int length : new int[] {0, 10, 100}) {
      Files.write(place.prepared(root), new byte[length]);
      assertAbsentAndWritable();
    }
  }

  @Test
  void aReplacementThatWasOnlyPreparedLeavesTheOldDocument() throws IOException {
    String revision = put(null, document("old", NOON));
    Files.write(place.prepared(root), "half of a much longer document".getBytes(UTF_8));
    assertThat(store.read(acme)).map(Sample::text).contains("old");
    assertThat(store.list(StateStore.Query.all("shop-eu"), null, 10).documents()).hasSize(1);
    put(revision, document("new", NOON));
    assertThat(store.read(acme)).map(Sample::text).contains("new");
    assertThat(place.prepared(root)).doesNotExist();
  }

  @Test
  void aDeletionTakesThePreparedFileWithIt() throws IOException {
    String revision = put(null, document("old"));
    Files.write(place.prepared(root), new byte[10]);
    assertThat(store.write(acme, revision, null)).isPresent();
    assertThat(place.directory(root)).doesNotExist();
  }

  @Test
  void aMarkerWithoutItsDocumentIsRemoved() throws IOException {
    put(null, document("x"));
    index.add(new Marker(NOON.toEpochMilli(), DocumentPlace.of(key("never-written"))));
    assertThat(store.due("shop-eu", LATER, 10)).isEmpty();
    assertThat(markers()).isEmpty();
  }

  @Test
  void aMarkerThatWasAddedForAWriteThatNeverCameIsRemovedAndTheOldOneCounts() throws IOException {
    put(null, document("old", LATER));
    index.add(new Marker(NOON.toEpochMilli(), place));
    assertThat(store.due("shop-eu", NOON, 10)).isEmpty();
    assertThat(markers()).containsExactly(LATER.toEpochMilli() + "");
    assertThat(store.due("shop-eu", LATER, 10)).hasSize(1);
  }

  @Test
  void aMarkerThatOutlivedItsDocumentIsRemoved() throws IOException {
    String revision = put(null, document("old", NOON));
    put(revision, document("new", LATER));
    index.add(new Marker(NOON.toEpochMilli(), place));
    assertThat(store.due("shop-eu", LATER, 10)).hasSize(1);
    assertThat(markers()).containsExactly(LATER.toEpochMilli() + "");
  }

  @Test
  void theMarkerOfAWriteThatIsUnderWayIsLeftAlone() throws IOException {
    put(null, document("old"));
    LockFiles locks = LockFiles.acquire(root.resolve("locks"), new Disk(root));
    try (LockFile.Held writing = locks.of(place).lock(Duration.ofSeconds(1))) {
      index.add(new Marker(NOON.toEpochMilli(), place));
      Thread searching = new Thread(() -> store.due("shop-eu", LATER, 10));
      searching.start();
      searching.join(10_000);
      assertThat(searching.isAlive()).as("waits for the writer").isFalse();
      assertThat(markers()).hasSize(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      locks.release();
    }
  }

  @Test
  void filesOfOthersInTheIndexAreNotTouched() throws IOException {
    put(null, document("x", NOON));
    Path bucket = bucket();
    for (String name : List.of("notes.txt", "001.a.b", "001763710000123..%2e.a")) {
      Files.createFile(bucket.resolve(name));
    }
    assertThat(store.due("shop-eu", LATER, 10)).hasSize(1);
    assertThat(markers()).hasSize(4);
  }

  @Test
  void anEmptyOldBucketIsRemovedAndMadeAgain() throws IOException {
    Instant old = Instant.parse("2001-01-01T00:00:00Z");
    String revision = put(null, document("x", old));
    Path bucket = bucket();
    revision = put(revision, document("x"));
    assertThat(bucket).isEmptyDirectory();
    assertThat(store.due("shop-eu", old.plus(Duration.ofDays(1)), 10)).isEmpty();
    assertThat(bucket).doesNotExist();
    put(revision, document("x", old));
    assertThat(store.due("shop-eu", old, 10)).hasSize(1);
  }

  private void assertAbsentAndWritable() {
    assertThat(store.read(acme)).isEmpty();
    assertThat(store.list(StateStore.Query.all("shop-eu"), null, 10).documents()).isEmpty();
    String revision = put(null, document("new"));
    assertThat(store.read(acme)).map(Sample::text).contains("new");
    assertThat(place.prepared(root)).doesNotExist();
    assertThat(store.write(acme, revision, null)).isPresent();
    assertThat(Files.exists(place.directory(root))).isFalse();
    try {
      Files.createDirectories(place.directory(root));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String put(@Nullable String expected, StateDocument document) {
    return store.write(acme, expected, document).orElseThrow();
  }

  private Path bucket() throws IOException {
    try (Stream<Path> buckets = Files.list(root.resolve("installations/shop-eu/due"))) {
      return buckets.findFirst().orElseThrow();
    }
  }

  /** Returns the times of all markers, without leading zeroes. */
  private List<String> markers() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("installations/shop-eu/due"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString().replaceFirst("^0+", ""))
          .map(name -> name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
          .toList();
    }
  }
}
