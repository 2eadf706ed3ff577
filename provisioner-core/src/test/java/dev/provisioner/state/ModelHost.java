package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.StateStore.Versioned;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A host with a store on a {@link ModelDisk}. It knows at every instant what may be found of each
 * document, and does again what failed.
 */
final class ModelHost {
  static final Instant LATER = NOON.plus(Duration.ofHours(5));
  static final Instant LONG_AGO = Instant.parse("2001-01-01T00:00:00Z");
  private static final Instant FAR = Instant.parse("2099-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");

  private final Path root;
  private final Consumer<StateStoreException> failed;
  private final Runnable recovered;
  private Map<DocumentKey, Set<Optional<String>>> possible = Map.of();
  private boolean readsBind = true;
  private @Nullable FileStateStore store;

  /**
   * Creates a host that knows of no document.
   *
   * @param failed is told of each failure before the call is made again
   * @param recovered is called when everything was read after a failure, and when the call was made
   *     again
   */
  ModelHost(ModelDisk disk, Consumer<StateStoreException> failed, Runnable recovered) {
    this.root = new ModelFileSystem(disk).getPath("/srv/store");
    this.failed = failed;
    this.recovered = recovered;
  }

  /** Creates a host whose calls must not fail. */
  ModelHost(ModelDisk disk) {
    this(
        disk,
        e -> {
          throw e;
        },
        () -> {});
  }

  /**
   * Creates a host that comes after one that was killed.
   *
   * @param readsBind whether that which it reads may not be lost any more, as after a restart of
   *     the machine; after a kill that is so only of what it writes
   */
  static ModelHost after(
      ModelDisk disk, Map<DocumentKey, Set<Optional<String>>> possible, boolean readsBind) {
    ModelHost host = new ModelHost(disk);
    host.possible = possible;
    host.readsBind = readsBind;
    return host;
  }

  /** Returns what may be found now of each document; the map is never changed. */
  Map<DocumentKey, Set<Optional<String>>> possible() {
    return possible;
  }

  /** Does everything a store can be asked for. */
  void liveThroughAll() {
    open();
    put("acme", "first, and never due", null);
    put("acme", "due at noon", NOON);
    put("acme", "due in another hour", LATER);
    put("acme", "due as before", LATER);
    put("bolt", "a second document in that hour", LATER.plusMillis(1));
    due(LATER);
    put("acme", "due at noon again", NOON);
    put("acme", "never due again", null);
    put("bolt", "long overdue", LONG_AGO);
    put("bolt", "not due for long", FAR);
    put("acme", "not due for long either", FAR);
    delete("acme");
    delete("bolt");
    due(END);
    put("acme", "back again", NOON);
    announce();
    close();
  }

  void open() {
    insist(() -> store = FileStateStore.open(root, Duration.ofSeconds(1)));
  }

  void close() {
    insist(() -> store().close());
  }

  void put(String tenant, String text, @Nullable Instant dueAt) {
    change(key(tenant), Optional.of(text), document(text, dueAt));
  }

  void delete(String tenant) {
    change(key(tenant), Optional.empty(), null);
  }

  private void change(DocumentKey key, Optional<String> wanted, @Nullable StateDocument document) {
    insist(
        () -> {
          Optional<Versioned> there = find(key);
          Optional<String> before = there.map(Sample::text);
          if (before.equals(wanted)) {
            return; // what seemed to have failed was done
          }
          Set<Optional<String>> either = new HashSet<>(possibly(key));
          either.add(wanted);
          expect(key, either);
          String revision = there.map(Versioned::revision).orElse(null);
          assertThat(store().write(key, revision, document)).as("write of " + key).isPresent();
          expect(key, Set.of(wanted));
        });
  }

  private Optional<Versioned> find(DocumentKey key) {
    Optional<Versioned> there = store().read(key);
    Optional<String> text = there.map(Sample::text);
    assertThat(possibly(key)).as("possible now of " + key).contains(text);
    if (readsBind) {
      expect(key, Set.of(text));
    }
    return there;
  }

  private Set<Optional<String>> possibly(DocumentKey key) {
    return possible.getOrDefault(key, Set.of(Optional.empty()));
  }

  private void expect(DocumentKey key, Set<Optional<String>> texts) {
    Map<DocumentKey, Set<Optional<String>>> changed = new TreeMap<>(possible);
    changed.put(key, texts);
    possible = changed;
  }

  void due(Instant until) {
    insist(
        () -> {
          var due = store().due("shop-eu", until, 100);
          assertThat(due).isEqualTo(store().due("shop-eu", until, 100));
        });
  }

  private void announce() {
    AutoCloseable[] announced = new AutoCloseable[1];
    insist(() -> announced[0] = store().announce("engine"));
    insist(() -> assertThat(store().certainlyDead("engine")).isFalse());
    insist(
        () -> {
          try {
            announced[0].close();
          } catch (StateStoreException e) {
            throw e;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    insist(() -> assertThat(store().certainlyDead("engine")).isTrue());
  }

  private void insist(Runnable call) {
    try {
      call.run();
    } catch (StateStoreException e) {
      failed.accept(e);
      if (store != null) {
        possible.keySet().forEach(this::find);
        recovered.run();
      }
      call.run();
      recovered.run();
    }
  }

  private FileStateStore store() {
    return requireNonNull(store);
  }

  // ---- after a crash

  /**
   * Opens a store on what a crash left: every document is what it may be, wherever one looks, can
   * be changed, and leaves nothing behind.
   */
  static void checkAllIsWell(ModelDisk disk, Map<DocumentKey, Set<Optional<String>>> possible) {
    ModelHost host = after(disk, possible, true);
    host.open();
    host.checkFound();
    for (DocumentKey key : possible.keySet()) {
      host.put(key.tenant().value(), "after the crash", NOON);
    }
    host.checkFound();
    for (DocumentKey key : possible.keySet()) {
      host.delete(key.tenant().value());
    }
    host.checkFound();
    host.close();
    assertThat(disk.files())
        .as("files left")
        .allMatch(file -> file.matches("/srv/store/(VERSION|locks/[^/]+|engines/[^/]+)"));
  }

  private void checkFound() {
    Map<DocumentKey, Summary> found = new TreeMap<>();
    possible
        .keySet()
        .forEach(key -> find(key).ifPresent(there -> found.put(key, there.document().summary())));
    assertThat(summaries(store().list(Query.all("shop-eu"), null, 100).documents()))
        .as("listed")
        .isEqualTo(found);
    found.values().removeIf(summary -> summary.dueAt() == null);
    assertThat(summaries(store().due("shop-eu", END, 100))).as("due").isEqualTo(found);
  }

  private static Map<DocumentKey, Summary> summaries(List<Listed> listed) {
    Map<DocumentKey, Summary> summaries = new TreeMap<>();
    listed.forEach(one -> summaries.put(one.key(), one.summary()));
    return summaries;
  }
}
