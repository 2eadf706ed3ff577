package dev.provisioner.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.HttpFault;
import dev.provisioner.testkit.http.ProxiedRequest;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and answers are lost between the store and S3, or S3 refuses. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3FaultsTest {
  @RegisterExtension static final Emulated AWS = new Emulated();

  private static final DocumentKey KEY = new DocumentKey("shop", "onboarding", TenantId.of("acme"));

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

  private static StateDocument document(String text) {
    return new StateDocument(
        text.getBytes(UTF_8),
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, null, Instant.EPOCH));
  }

  private static boolean isPut(ProxiedRequest request) {
    return request.method().equals("PUT");
  }

  private static HttpFault error(int status, String code) {
    return HttpFault.answer(
        status,
        Map.of("Content-Type", "application/xml"),
        "<?xml version=\"1.0\"?><Error><Code>"
            + code
            + "</Code><Message>Some words.</Message></Error>");
  }

  private static HttpFault[] times(int count, HttpFault fault) {
    return IntStream.range(0, count).mapToObj(i -> fault).toArray(HttpFault[]::new);
  }

  private String text() {
    return new String(store.read(KEY).orElseThrow().document().content(), UTF_8);
  }

  @Test
  void aWriteWhoseAnswerIsLostAndWhichTheClientTriesAgainDoesNotLoseToItself() {
    proxy.next(S3FaultsTest::isPut, HttpFault.loseAnswer());
    String created = store.write(KEY, null, document("1")).orElseThrow();
    assertThat(store.read(KEY).orElseThrow().revision()).isEqualTo(created);
    proxy.next(S3FaultsTest::isPut, HttpFault.loseAnswer());
    String replaced = store.write(KEY, created, document("2")).orElseThrow();
    assertThat(store.read(KEY).orElseThrow().revision()).isEqualTo(replaced);
    assertThat(text()).isEqualTo("2");
    assertThat(proxy.requests().stream().filter(S3FaultsTest::isPut)).hasSize(4);
  }

  @Test
  void aWriteThatNeverArrivesAtFirstIsWrittenByTheNextTry() {
    proxy.next(S3FaultsTest::isPut, HttpFault.loseRequest());
    assertThat(store.write(KEY, null, document("1"))).isPresent();
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteWhoseAnswersAreAllLostMayHaveHappened() {
    proxy.next(S3FaultsTest::isPut, times(TRIES, HttpFault.loseAnswer()));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageStartingWith(
            "Cannot write the state of shop/onboarding/acme. S3 did not write s3://"
                + bucket
                + "/shop/state/onboarding/acme: it did not answer (")
        .hasMessageEndingWith(
            "It may or may not have been written: read it again before anything else.");
    assertThat(text()).isEqualTo("1");
  }

  @Test
  void aWriteThatLostToAnotherAfterALostAnswerIsNoSuccess() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    assertThat(store.write(KEY, first, document("2"))).isPresent();
    proxy.next(S3FaultsTest::isPut, HttpFault.loseAnswer());
    assertThat(store.write(KEY, first, document("3"))).isEmpty();
    assertThat(text()).isEqualTo("2");
  }

  @Test
  void aWriteThatMayHaveHappenedAndBeenReplacedIsInDoubt() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    boolean[] replaced = {false};
    proxy.next(S3FaultsTest::isPut, HttpFault.loseAnswer());
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
        S3FaultsTest::isPut,
        error(409, "ConditionalRequestConflict"),
        error(409, "ConditionalRequestConflict"));
    assertThat(store.write(KEY, null, document("1"))).isPresent();
    assertThat(text()).isEqualTo("1");
    assertThat(proxy.requests().stream().filter(S3FaultsTest::isPut)).hasSize(3);
  }

  @Test
  void anObjectThatIsGoneIsAConflict() {
    String first = store.write(KEY, null, document("1")).orElseThrow();
    AWS.client().deleteObject(delete -> delete.bucket(bucket).key("shop/state/onboarding/acme"));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | AccessDenied | access was denied (403 AccessDenied). Give the client's credentials \
          s3:PutObject on arn:aws:s3:::BUCKET/*, and kms:GenerateDataKey and kms:Decrypt if a KMS \
          key encrypts it; the bucket's policy and expected owner can deny it, too.
          404 | NoSuchBucket | there is no bucket 'BUCKET' (404 NoSuchBucket). Create it, or name \
          another.
          403 | InvalidAccessKeyId | the client's credentials were refused \
          (403 InvalidAccessKeyId). Renew them.
          400 | AuthorizationHeaderMalformed | the bucket is in another region than the client \
          (400 AuthorizationHeaderMalformed). Build the client for the bucket's region.
          501 | NotImplemented | the endpoint does not know what was asked (501 NotImplemented). It \
          may not support conditional writes; use Amazon S3 itself, or a service that does.
          400 | InvalidRequest | it answered 400 InvalidRequest (Some words.).
          """)
  void whatS3RefusesIsExplainedAndDidNotHappen(int status, String code, String why) {
    proxy.next(S3FaultsTest::isPut, error(status, code));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot write the state of shop/onboarding/acme. S3 did not write s3://"
                + bucket
                + "/shop/state/onboarding/acme: "
                + why.replace("BUCKET", bucket)
                + " Nothing was written; what was recorded before stands.");
    assertThat(store.read(KEY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | RequestTimeTooSkewed | this machine's clock is wrong by more than 15 minutes
          503 | SlowDown | it asks to slow down (503 SlowDown).
          """)
  void whatTheClientTriesAgainInVainIsExplained(int status, String code, String why) {
    proxy.next(S3FaultsTest::isPut, times(TRIES, error(status, code)));
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(why);
  }
}
