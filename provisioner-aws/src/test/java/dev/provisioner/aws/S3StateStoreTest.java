package dev.provisioner.aws;

import static dev.provisioner.aws.S3Requests.KEY;
import static dev.provisioner.aws.S3Requests.NAME;
import static dev.provisioner.aws.S3Requests.counted;
import static dev.provisioner.aws.S3Requests.document;
import static dev.provisioner.aws.S3Requests.error;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.HttpFault;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What a store asks of its bucket, and what it costs. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3StateStoreTest {
  @RegisterExtension static final Emulated AWS = new Emulated();

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final String EXPECTED_OWNER = "x-amz-expected-bucket-owner";

  @Test
  void openingLeavesNothingBehind() {
    String bucket = AWS.newBucket();
    AWS.proxy().forget();
    S3StateStore.builder(AWS.client(), bucket).prefix("a/b/").open().close();
    assertThat(counted(AWS.proxy()))
        .isEqualTo(Map.of("PUT", 5L, "GET", 2L, "LIST", 2L, "DELETE", 2L));
    assertThat(AWS.client().listObjectsV2(list -> list.bucket(bucket)).contents()).isEmpty();
  }

  @Test
  void aBucketThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "no-such-bucket").open())
        .isInstanceOf(StateStoreException.class)
        .hasMessageStartingWith(
            "Cannot open a state store at s3://no-such-bucket/. S3 did not read"
                + " s3://no-such-bucket/_probe/")
        .hasMessageEndingWith(
            ": there is no bucket 'no-such-bucket' (404 NoSuchBucket). Create it, or name another."
                + " No state was changed.");
  }

  @Test
  void anEndpointThatIgnoresConditionsIsRefused() throws Exception {
    String bucket = AWS.newBucket();
    for (String header : List.of("If-None-Match", "If-Match")) {
      try (FaultProxy ignoring = FaultProxy.to(AWS.proxy().url()).withoutHeader(header)) {
        assertThatThrownBy(
                () -> S3StateStore.builder(Emulated.client(ignoring.url()), bucket).open())
            .isInstanceOf(StateStoreException.class)
            .hasMessageStartingWith("s3://" + bucket + "/ cannot hold state: it wrote over")
            .hasMessageContaining("(" + header);
      }
    }
    assertThat(AWS.client().listObjectsV2(list -> list.bucket(bucket)).contents()).isEmpty();
  }

  @Test
  void everyObjectIsEncryptedAsAsked() throws Exception {
    String bucket = AWS.newBucket();
    AWS.proxy().forget();
    try (S3StateStore s3Keys =
        S3StateStore.builder(AWS.client(), bucket).prefix("s3/").encryptWithS3Keys().open()) {
      run(s3Keys, 1);
    }
    assertThat(putHeaders("x-amz-server-side-encryption")).containsOnly(Optional.of("AES256"));
    AWS.proxy().forget();
    try (S3StateStore kms =
        S3StateStore.builder(AWS.client(), bucket)
            .prefix("kms/")
            .encryptWithKmsKey("alias/state")
            .open()) {
      run(kms, 1);
    }
    assertThat(putHeaders("x-amz-server-side-encryption")).containsOnly(Optional.of("aws:kms"));
    assertThat(putHeaders("x-amz-server-side-encryption-aws-kms-key-id"))
        .containsOnly(Optional.of("alias/state"));
    assertThat(head(bucket, "s3/").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(head(bucket, "kms/").serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(head(bucket, "kms/").ssekmsKeyId()).endsWith("alias/state");
  }

  private static List<Optional<String>> putHeaders(String name) {
    return AWS.proxy().requests().stream()
        .filter(S3Requests::isPut)
        .map(request -> request.header(name))
        .toList();
  }

  @Test
  void withoutAWishTheBucketsOwnEncryptionApplies() {
    String bucket = AWS.newBucket();
    AWS.proxy().forget();
    S3StateStore.builder(AWS.client(), bucket).open().close();
    assertThat(putHeaders("x-amz-server-side-encryption"))
        .hasSize(5)
        .containsOnly(Optional.empty());
  }

  @Test
  void everyRequestNamesTheOwnerThatIsExpected() throws Exception {
    String bucket = AWS.newBucket();
    AWS.proxy().forget();
    try (S3StateStore store =
        S3StateStore.builder(AWS.client(), bucket).bucketOwner("111122223333").open()) {
      run(store, 1);
      assertThat(store.list(StateStore.Query.all("shop"), null, 10).documents()).hasSize(1);
      assertThat(store.due("shop", Instant.MAX, 10)).isEmpty();
    }
    assertThat(AWS.proxy().requests())
        .extracting(request -> request.header(EXPECTED_OWNER))
        .containsOnly(Optional.of("111122223333"));
  }

  /** The emulator does not check it, so the proxy does. */
  @Test
  void aBucketOfAnotherOwnerIsRefused() throws Exception {
    String bucket = AWS.newBucket();
    try (FaultProxy checking = FaultProxy.to(AWS.proxy().url());
        S3Client client = Emulated.client(checking.url())) {
      checking.otherwise(
          request ->
              request.header(EXPECTED_OWNER).orElse("444455556666").equals("444455556666")
                  ? HttpFault.none()
                  : error(403, "AccessDenied"));
      S3StateStore.builder(client, bucket).bucketOwner("444455556666").open().close();
      assertThatThrownBy(
              () -> S3StateStore.builder(client, bucket).bucketOwner("111122223333").open())
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith("Cannot open a state store at s3://" + bucket + "/.")
          .hasMessageContaining("access was denied (403 AccessDenied)")
          .hasMessageContaining("the bucket's policy and expected owner can deny it, too.");
    }
  }

  @Test
  void storesBelowOddPrefixesOfOneBucketAreKeptApart() throws Exception {
    String bucket = AWS.newBucket();
    List<String> prefixes =
        List.of("", "a/", "a/b/", "!_.*'()-/", "..a/.b/c../.../", "x".repeat(499) + "/");
    for (String prefix : prefixes) {
      try (S3StateStore store = store(bucket, prefix)) {
        assertThat(store.write(KEY, null, document("in " + prefix, NOON))).isPresent();
      }
    }
    for (String prefix : prefixes) {
      try (S3StateStore store = store(bucket, prefix)) {
        byte[] content = store.read(KEY).orElseThrow().document().content();
        assertThat(new String(content, UTF_8)).isEqualTo("in " + prefix);
        assertThat(store.list(StateStore.Query.all("shop"), null, 1).documents()).hasSize(1);
        assertThat(store.due("shop", NOON, 10)).hasSize(1);
      }
      assertThat(head(bucket, prefix).contentLength()).isPositive();
    }
  }

  private static S3StateStore store(String bucket, String prefix) {
    return S3StateStore.builder(AWS.client(), bucket).prefix(prefix).open();
  }

  private static HeadObjectResponse head(String bucket, String prefix) {
    return AWS.client().headObject(head -> head.bucket(bucket).key(prefix + NAME));
  }

  @Test
  void aRunOfEightStepsCostsAsManyRequestsAsTheReadmeSays() throws Exception {
    String bucket = AWS.newBucket();
    try (S3StateStore store = S3StateStore.builder(AWS.client(), bucket).open()) {
      AWS.proxy().forget();
      run(store, 8);
    }
    assertThat(
            AWS.proxy().requests().stream()
                .takeWhile(request -> !S3Requests.isPut(request))
                .filter(S3Requests::isGet))
        .hasSize(1);
    Map<String, Long> requests = counted(AWS.proxy());
    requests.remove("LIST"); // the engine looks for due documents once when it starts
    requests.remove("GET"); // await() asks twice a second, however long that takes here
    assertThat(requests).isEqualTo(Map.of("PUT", 10L, "DELETE", 1L));
  }

  @Test
  void callsCostAsManyRequestsAsTheReadmeSays() throws Exception {
    try (S3StateStore store = store(AWS.newBucket(), "")) {
      AWS.proxy().forget();
      String first = store.write(KEY, null, document("1")).orElseThrow();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("PUT", 1L));
      String second = store.write(KEY, first, document("2", NOON)).orElseThrow();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("PUT", 2L));
      String third = store.write(KEY, second, document("3", NOON)).orElseThrow();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("PUT", 1L));
      assertThat(store.write(KEY, third, document("4", NOON.plusSeconds(1)))).isPresent();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("PUT", 2L, "DELETE", 1L));
      assertThat(store.write(KEY, third, document("5", NOON))).isEmpty();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("PUT", 1L, "GET", 1L));
      assertThat(store.read(KEY)).isPresent();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("GET", 1L));
    }
  }

  @Test
  void searchesCostAsManyRequestsAsTheReadmeSays() throws Exception {
    try (S3StateStore store = store(AWS.newBucket(), "")) {
      for (int i = 0; i < 30; i++) {
        DocumentKey key = new DocumentKey("shop", "plan", TenantId.of("tenant-" + i));
        assertThat(store.write(key, null, document("x", NOON.plusMillis(i)))).isPresent();
      }
      AWS.proxy().forget();
      assertThat(store.due("shop", NOON.minusMillis(1), 256)).isEmpty();
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("LIST", 1L));
      assertThat(store.due("shop", NOON.plusMillis(9), 256)).hasSize(10);
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("LIST", 1L, "GET", 10L));
      assertThat(store.list(StateStore.Query.all("shop"), null, 1_000).documents()).hasSize(30);
      assertThat(AWS.proxy().requests().stream().filter(S3Requests::isGet))
          .allMatch(request -> request.header("range").equals(Optional.of("bytes=0-4095")));
      assertThat(counted(AWS.proxy())).isEqualTo(Map.of("LIST", 1L, "GET", 30L));
    }
  }

  private static void run(StateStore store, int steps) throws InterruptedException {
    FakeResources resources = FakeResources.on(new FakeCloud());
    List<Step<String, FakeResource>> chain = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      chain.add(
          i == 0
              ? Step.named("step-0", resources).from(tenant -> FakeSpec.empty())
              : Step.named("step-" + i, resources)
                  .from(chain.get(i - 1), (tenant, made) -> FakeSpec.of("on", made.id())));
    }
    Plan<String> plan = Plan.of("onboarding", String.class, chain);
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(store)
            .installation("shop")
            .sweepInterval(Duration.ofHours(1))
            .plans(plan)
            .build()) {
      assertThat(engine.provision(plan, TenantId.of("acme"), "x").await(Duration.ofMinutes(1)))
          .isInstanceOf(Outcome.Succeeded.class);
    }
  }

  @Test
  void whatIsNoUsualBucketPrefixOrAccountIsRefused() {
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "state--use1-az4--x-s3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("directory bucket");
    for (String prefix : List.of("a", "/", "a//", "ä/", "a b/", "./", "a/../", "a/".repeat(251))) {
      assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "state").prefix(prefix))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "state").bucketOwner("1234"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
