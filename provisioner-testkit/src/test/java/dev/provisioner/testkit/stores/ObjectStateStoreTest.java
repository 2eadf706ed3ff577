package dev.provisioner.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.ObjectBucket.RejectedException;
import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of writes whose answers are lost, and what buckets are refused. */
final class ObjectStateStoreTest {
  private static final DocumentKey KEY =
      new DocumentKey("shop-eu", "onboarding", TenantId.of("acme"));

  private final MemoryBucket bucket = new MemoryBucket();
  private final DisturbedBucket disturbed = new DisturbedBucket(bucket);
  private StateStore store;
  private StateStore other;

  @BeforeEach
  void open() {
    store = ObjectStateStore.open(disturbed);
    other = ObjectStateStore.open(bucket);
    assertThat(bucket.names()).isEmpty();
  }

  private static void put(Optional<String> revision) {
    assertThat(revision).isPresent();
  }

  private static StateDocument document(String text) {
    return document(text, null);
  }

  private static StateDocument document(String text, @Nullable Instant dueAt) {
    return new StateDocument(
        text.getBytes(UTF_8),
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, dueAt, Instant.EPOCH));
  }

  private String text() {
    return new String(other.read(KEY).orElseThrow().document().content(), UTF_8);
  }

  private String revision() {
    return other.read(KEY).orElseThrow().revision();
  }

  @Test
  void aWriteThatWasSentTwiceDoesNotLoseToItself() {
    disturbed.triesAgain = true;
    String created = store.write(KEY, null, document("1")).orElseThrow();
    assertThat(created).isEqualTo(revision());
    String replaced = store.write(KEY, created, document("2")).orElseThrow();
    assertThat(replaced).isEqualTo(revision());
    assertThat(text()).isEqualTo("2");
    assertThat(store.write(KEY, replaced, null)).isPresent();
    assertThat(other.read(KEY)).isEmpty();
  }

  @Test
  void aWriteThatWasSentTwiceAndLostToAnotherSaysSo() {
    String first = other.write(KEY, null, document("1")).orElseThrow();
    put(other.write(KEY, first, document("2")));
    disturbed.triesAgain = true;
    assertThat(store.write(KEY, first, document("3"))).isEmpty();
    assertThat(text()).isEqualTo("2");
  }

  @Test
  void aWriteThatMayHaveHappenedAndBeenReplacedIsInDoubt() {
    String first = other.write(KEY, null, document("1")).orElseThrow();
    disturbed.triesAgain = true;
    disturbed.after =
        (call, name) -> {
          if (call.equals("put") && text().equals("2")) {
            put(other.write(KEY, revision(), document("3")));
            put(other.write(KEY, revision(), document("4")));
          }
        };
    assertThatThrownBy(() -> store.write(KEY, first, document("2")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop-eu/onboarding/acme. The answer of memory:// was lost, and"
                + " somebody else has written to shop-eu/state/onboarding/acme since. It may or may"
                + " not have been written: read it again before anything else.");
  }

  /** As HTTP clients and proxies do that send a request again by themselves. */
  @Test
  void aWriteThatWasSentTwiceUnknownToTheClientIsInDoubtIfItWasReplaced() throws IOException {
    String first = other.write(KEY, null, document("1")).orElseThrow();
    Instant dueAt = Instant.parse("2026-03-01T12:00:00Z");
    disturbed.triesAgain = true;
    disturbed.admitsIt = false;
    disturbed.after =
        (call, name) -> {
          if (call.equals("put") && text().equals("2")) {
            put(other.write(KEY, revision(), document("3", dueAt)));
            put(other.write(KEY, revision(), document("4", dueAt)));
          }
        };
    assertThatThrownBy(() -> store.write(KEY, first, document("2", dueAt)))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("It may or may not have been written");
    assertThat(other.due("shop-eu", dueAt, 10)).hasSize(1);
  }

  @Test
  void aWriteWithoutAnAnswerMayHaveHappened() {
    disturbed.after =
        (call, name) -> {
          throw new IOException("S3 did not answer.");
        };
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop-eu/onboarding/acme. S3 did not answer. It may or may not"
                + " have been written: read it again before anything else.");
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteThatWasRejectedDidNotHappen() {
    disturbed.before =
        (call, name) -> {
          throw new RejectedException("Access was denied.", null);
        };
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop-eu/onboarding/acme. Access was denied. Nothing was"
                + " written; what was recorded before stands.");
  }

  @Test
  void aWriteThatMayNotBeReadBackIsInDoubt() {
    disturbed.triesAgain = true;
    disturbed.before =
        (call, name) -> {
          if (call.equals("get")) {
            throw new RejectedException("Access was denied.", null);
          }
        };
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("It may or may not have been written");
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void theSameBytesAgainAreAnotherRevision() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    String second = store.write(KEY, first, document("2")).orElseThrow();
    String third = store.write(KEY, second, document("1")).orElseThrow();
    assertThat(third).isNotEqualTo(first);
    assertThat(store.write(KEY, first, document("4"))).isEmpty();
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteThatComesLateDoesNotBringBackWhatWasDeleted() {
    disturbed.before =
        (call, name) -> {
          disturbed.before = (again, of) -> {};
          String revision = other.write(KEY, null, document("1")).orElseThrow();
          put(other.write(KEY, revision, null));
          put(other.write(KEY, null, document("2")));
        };
    assertThat(store.write(KEY, null, document("late"))).isEmpty();
    assertThat(text()).isEqualTo("2");
  }

  @Test
  void aWriteIsOneRequest() {
    StringBuilder calls = new StringBuilder();
    disturbed.before = (call, name) -> calls.append(call).append(' ');
    String first = store.write(KEY, null, document("1")).orElseThrow();
    put(store.write(KEY, first, document("2")));
    store.read(KEY);
    assertThat(calls).hasToString("put put get ");
  }

  @Test
  void aBucketThatIgnoresIfNoneMatchIsRefused() {
    MemoryBucket ignoring =
        new MemoryBucket() {
          @Override
          public synchronized Put putIfAbsent(String name, byte[] content) {
            return put(name, content);
          }
        };
    assertThatThrownBy(() -> ObjectStateStore.open(ignoring))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "memory:// cannot hold state: it wrote over an object that was there, although the"
                + " request said to write only if there is none (If-None-Match: *). Engines would"
                + " overwrite each other's records. No state was written. Use Amazon S3 itself, or a"
                + " service whose conditional writes are atomic.");
    assertThat(ignoring.names()).isEmpty();
  }

  @Test
  void aBucketThatDeniesWhatIsNotThereIsRefused() {
    disturbed.before =
        (call, name) -> {
          if (call.equals("get") && !bucket.names().contains(name)) {
            throw new RejectedException("Access was denied.", null);
          }
        };
    assertThatThrownBy(() -> ObjectStateStore.open(disturbed))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot open a state store at memory://. Access was denied. No state was changed.");
    assertThat(bucket.names()).isEmpty();
  }

  @Test
  void aBucketThatIgnoresIfMatchIsRefused() {
    MemoryBucket ignoring =
        new MemoryBucket() {
          @Override
          public synchronized Put putIfUnchanged(String name, String tag, byte[] content) {
            return put(name, content);
          }
        };
    assertThatThrownBy(() -> ObjectStateStore.open(ignoring))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("only if it has not (If-Match)");
    assertThat(ignoring.names()).isEmpty();
  }

  @Test
  void aDamagedObjectIsReportedAndNeverTakenForAbsent() {
    put(store.write(KEY, null, document("1")));
    String name = bucket.names().get(0);
    bucket.put(name, "something else".getBytes(UTF_8));
    assertThatThrownBy(() -> store.read(KEY))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state object memory://shop-eu/state/onboarding/acme cannot be read: its first line"
                + " is not that of a state file. It was left as it is; no other tenant is affected."
                + " Restore it from an earlier version or a backup, or delete it and see to the"
                + " tenant's resources by hand.");
    assertThatThrownBy(() -> store.list(StateStore.Query.all("shop-eu"), null, 10))
        .isInstanceOf(StateStoreException.class);
    bucket.put(name, new byte[0]);
    assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(StateStoreException.class);
  }

  @Test
  void anObjectThatWasCopiedToAnotherTenantIsReported() throws IOException {
    put(store.write(KEY, null, document("1")));
    byte[] bytes = bucket.get("shop-eu/state/onboarding/acme", null).orElseThrow().bytes();
    bucket.put("shop-eu/state/onboarding/globex", bytes);
    DocumentKey copy = new DocumentKey("shop-eu", "onboarding", TenantId.of("globex"));
    assertThatThrownBy(() -> store.read(copy))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("it holds the state of shop-eu/onboarding/acme");
  }
}
