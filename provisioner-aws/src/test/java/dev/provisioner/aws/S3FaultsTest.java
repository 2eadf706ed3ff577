package dev.provisioner.aws;

import static dev.provisioner.aws.S3Requests.KEY;
import static dev.provisioner.aws.S3Requests.NAME;
import static dev.provisioner.aws.S3Requests.document;
import static dev.provisioner.aws.S3Requests.error;
import static dev.provisioner.aws.S3Requests.isPut;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.HttpFault;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.S3Client;

/** Requests and answers are lost, late or cut between the store and S3. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3FaultsTest {
  @RegisterExtension static final Emulated AWS = new Emulated();

  /** As many as the client sends by default. */
  private static final int TRIES = 4;

  private String bucket;
  private FaultProxy proxy;
  private StateStore store;

  @BeforeEach
  void open() {
    bucket = AWS.newBucket();
    proxy = AWS.proxy();
    store = S3StateStore.builder(AWS.client(), bucket).open();
    proxy.forget();
  }

  @AfterEach
  void everythingHappened() {
    assertThat(proxy.allHappened()).isTrue();
  }

  private static HttpFault[] times(int count, HttpFault fault) {
    return IntStream.range(0, count).mapToObj(i -> fault).toArray(HttpFault[]::new);
  }

  private String text() {
    return new String(store.read(KEY).orElseThrow().document().content(), UTF_8);
  }

  @Test
  void aWriteWhoseAnswerIsLostAndWhichTheClientTriesAgainDoesNotLoseToItself() {
    proxy.next(S3Requests::isPut, HttpFault.loseAnswer());
    String created = store.write(KEY, null, document("1")).orElseThrow();
    assertThat(store.read(KEY).orElseThrow().revision()).isEqualTo(created);
    proxy.next(S3Requests::isPut, HttpFault.loseAnswer());
    String replaced = store.write(KEY, created, document("2")).orElseThrow();
    assertThat(store.read(KEY).orElseThrow().revision()).isEqualTo(replaced);
    assertThat(text()).isEqualTo("2");
    assertThat(proxy.requests().stream().filter(S3Requests::isPut)).hasSize(4);
  }

  @Test
  void aWriteThatNeverArrivesAtFirstIsWrittenByTheNextTry() {
    proxy.next(S3Requests::isPut, HttpFault.loseRequest());
    assertThat(store.write(KEY, null, document("1"))).isPresent();
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteWhoseAnswersAreAllLostMayHaveHappened() {
    proxy.next(S3Requests::isPut, times(TRIES, HttpFault.loseAnswer()));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageStartingWith(
            "Cannot write the state of shop/onboarding/acme. S3 did not write s3://"
                + bucket
                + "/shop/state/onboarding/acme: no answer came (")
        .hasMessageEndingWith(
            "It may or may not have been written: read it again before anything else.");
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteThatLostToAnotherAfterALostAnswerIsNoSuccess() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    assertThat(store.write(KEY, first, document("2"))).isPresent();
    proxy.next(S3Requests::isPut, HttpFault.loseAnswer());
    assertThat(store.write(KEY, first, document("3"))).isEmpty();
    assertThat(text()).isEqualTo("2");
  }

  @Test
  void aWriteThatMayHaveHappenedAndBeenReplacedIsInDoubt() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    boolean[] replaced = {false};
    proxy.next(S3Requests::isPut, HttpFault.loseAnswer());
    proxy.otherwise(
        request -> {
          if (isPut(request) && !replaced[0]) {
            replaced[0] = true;
            StateStore.Versioned there = store.read(KEY).orElseThrow();
            assertThat(store.write(KEY, there.revision(), document("3"))).isPresent();
          }
          return HttpFault.none();
        });
    try {
      assertThatThrownBy(() -> store.write(KEY, first, document("2")))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("somebody else has written")
          .hasMessageContaining("It may or may not have been written");
    } finally {
      proxy.otherwise(request -> HttpFault.none());
    }
    assertThat(text()).isEqualTo("3");
  }

  @Test
  void twoConditionalWritesAtOnceAreTriedAgain() {
    proxy.next(
        S3Requests::isPut,
        error(409, "ConditionalRequestConflict"),
        error(409, "ConditionalRequestConflict"));
    assertThat(store.write(KEY, null, document("1"))).isPresent();
    assertThat(text()).isEqualTo("1");
    assertThat(proxy.requests().stream().filter(S3Requests::isPut)).hasSize(3);
  }

  @Test
  void anObjectThatIsGoneIsAConflict() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    AWS.client().deleteObject(delete -> delete.bucket(bucket).key(NAME));
    assertThat(store.write(KEY, first, document("2"))).isEmpty();
  }

  @Test
  void readsAndListingsAreTriedAgain() {
    assertThat(store.write(KEY, null, document("1"))).isPresent();
    proxy.next(
        request -> request.method().equals("GET"), HttpFault.loseAnswer(), error(500, "Internal"));
    assertThat(text()).isEqualTo("1");
    proxy.next(request -> request.method().equals("GET"), error(503, "SlowDown"));
    assertThat(store.list(StateStore.Query.all("shop"), null, 10).documents()).hasSize(1);
  }

  @Test
  void anInterruptDoesNotEndAWrite() {
    Thread.currentThread().interrupt();
    Optional<String> revision = store.write(KEY, null, document("1"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.read(KEY).map(StateStore.Versioned::revision)).isEqualTo(revision);
  }

  @Test
  void twoConditionalWritesAtOnceForLongAreReported() {
    proxy.next(S3Requests::isPut, times(10, error(409, "ConditionalRequestConflict")));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop/onboarding/acme. S3 did not write s3://"
                + bucket
                + "/shop/state/onboarding/acme: it answered 409 ConditionalRequestConflict (Some"
                + " words.). Nothing was written; what was recorded before stands.");
    assertThat(store.read(KEY)).isEmpty();
  }

  @Test
  void aWriteThatIsRefusedAfterALostAnswerMayHaveHappened() {
    proxy.next(
        S3Requests::isPut,
        HttpFault.loseAnswer(),
        error(409, "ConditionalRequestConflict"),
        error(403, "AccessDenied"));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("access was denied (403 AccessDenied).")
        .hasMessageEndingWith(
            "It may or may not have been written: read it again before anything else.");
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aConditionThatFailedIsALostRace() {
    proxy.next(S3Requests::isPut, error(412, "PreconditionFailed"));
    assertThat(store.write(KEY, null, document("1"))).isEmpty();
    assertThat(store.read(KEY)).isEmpty();
  }

  @Test
  void anAnswerThatIsCutIsAskedForAgain() {
    assertThat(store.write(KEY, null, document("1", Instant.EPOCH))).isPresent();
    proxy.next(S3Requests::isGet, HttpFault.cutAnswer());
    assertThat(text()).isEqualTo("1");
    proxy.next(S3Requests::isList, HttpFault.cutAnswer());
    proxy.next(S3Requests::isGet, HttpFault.cutAnswer());
    assertThat(store.list(StateStore.Query.all("shop"), null, 10).documents()).hasSize(1);
    proxy.next(S3Requests::isList, HttpFault.cutAnswer());
    assertThat(store.due("shop", Instant.EPOCH, 10)).hasSize(1);
  }

  @Test
  void anAnswerThatNothingIsThereMayBeCutToo() {
    proxy.next(S3Requests::isGet, HttpFault.cutAnswer());
    assertThat(store.read(KEY)).isEmpty();
  }

  /** The client gives up and sends it again, and the first one arrives when all is over. */
  @Test
  void aWriteThatArrivesAfterItsRetryChangesNothing() throws Exception {
    try (S3Client impatient = impatient()) {
      StateStore hasty = S3StateStore.builder(impatient, bucket).open();
      proxy.next(S3Requests::isPut, HttpFault.delay(Duration.ofSeconds(3)));
      String first = hasty.write(KEY, null, document("1")).orElseThrow();
      assertThat(hasty.write(KEY, first, document("2"))).isPresent();
      while (AWS.answered("PUT /" + bucket + "/" + NAME, 412) == 0) {
        Thread.sleep(50);
      }
      assertThat(text()).isEqualTo("2");
    }
  }

  @Test
  void aWriteWhoseAnswerIsTooSlowDoesNotLoseToItself() {
    try (S3Client impatient = impatient()) {
      StateStore hasty = S3StateStore.builder(impatient, bucket).open();
      proxy.next(S3Requests::isPut, HttpFault.slowAnswer(Duration.ofSeconds(3)));
      Optional<String> revision = hasty.write(KEY, null, document("1"));
      assertThat(store.read(KEY).map(StateStore.Versioned::revision)).isEqualTo(revision);
      proxy.next(S3Requests::isGet, HttpFault.slowAnswer(Duration.ofSeconds(3)));
      assertThat(hasty.read(KEY)).isEqualTo(store.read(KEY));
    }
  }

  private static S3Client impatient() {
    return Emulated.client(
        AWS.proxy().url(), limits -> limits.apiCallAttemptTimeout(Duration.ofSeconds(1)));
  }

  @Test
  void anInterruptDuringAWriteDoesNotEndIt() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    proxy.next(
        request -> {
          boolean put = isPut(request);
          if (put) {
            sent.countDown();
          }
          return put;
        },
        HttpFault.delay(Duration.ofMillis(500)));
    List<Object> seen = new ArrayList<>();
    Thread writer =
        new Thread(
            () -> {
              seen.add(store.write(KEY, null, document("1")).orElseThrow());
              seen.add(Thread.interrupted());
            });
    writer.start();
    assertThat(sent.await(1, TimeUnit.MINUTES)).isTrue();
    writer.interrupt();
    writer.join(60_000);
    assertThat(seen).containsExactly(store.read(KEY).orElseThrow().revision(), true);
  }
}
