package dev.provisioner.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Clients that read, write and delete one document, and record what they see. */
final class RegisterRace {
  private final DocumentKey key;
  private final RegisterHistory history = new RegisterHistory();

  /** What was seen at a revision, by whomever; it must always be the same. */
  private final Map<String, String> texts = new ConcurrentHashMap<>();

  RegisterRace(DocumentKey key) {
    this.key = key;
  }

  RegisterHistory history() {
    return history;
  }

  /** Makes some calls; each client has a number of its own. */
  void run(StateStore store, int client, int calls) {
    Random random = new Random(client);
    Seen known = read(store);
    for (int i = 0; i < calls; i++) {
      int choice = random.nextInt(10);
      if (choice < 3) {
        known = read(store);
      } else if (choice < 8) {
        known = write(store, known, client + "." + i);
      } else if (known != null) {
        known = write(store, known, null);
      }
    }
  }

  private @Nullable Seen read(StateStore store) {
    long begun = history.now();
    Optional<StateStore.Versioned> read = store.read(key);
    Seen seen = read.map(Seen::of).orElse(null);
    history.read(begun, seen == null ? null : seen.text());
    return seen == null ? null : know(seen);
  }

  /** Writes over what is known; returns what is known then. After a defeat that is looked up. */
  private @Nullable Seen write(StateStore store, @Nullable Seen known, @Nullable String text) {
    String expected = known == null ? null : known.text();
    StateDocument document = text == null ? null : StoreUnderTest.document(text);
    long begun = history.now();
    Optional<String> revision;
    try {
      revision = store.write(key, known == null ? null : known.revision(), document);
    } catch (StateStoreException e) {
      history.inDoubt(begun, expected, text);
      return read(store);
    }
    if (revision.isEmpty()) {
      history.lost(begun, expected);
      return read(store);
    }
    history.written(begun, expected, text);
    return text == null ? null : know(new Seen(text, revision.get()));
  }

  private Seen know(Seen seen) {
    String before = texts.putIfAbsent(seen.revision(), seen.text());
    assertThat(before == null ? seen.text() : before)
        .as("document at revision %s", seen.revision())
        .isEqualTo(seen.text());
    return seen;
  }

  private record Seen(String text, String revision) {
    static Seen of(StateStore.Versioned read) {
      return new Seen(new String(read.document().content(), UTF_8), read.revision());
    }
  }
}
