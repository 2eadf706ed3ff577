package dev.provisioner.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.ProxiedRequest;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What a store asks of its bucket, and what it costs. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3StateStoreTest {
  @RegisterExtension static final Emulated AWS = new Emulated();

  @Test
  void openingLeavesNothingBehind() {
    String bucket = AWS.newBucket();
    AWS.proxy().forget();
    S3StateStore.builder(AWS.client(), bucket).prefix("a/b/").open().close();
    assertThat(AWS.proxy().requests()).hasSize(10);
    assertThat(AWS.client().listObjectsV2(list -> list.bucket(bucket)).contents()).isEmpty();
  }

  @Test
  void aBucketThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "no-such-bucket").open())
        .isInstanceOf(StateStoreException.class)
        .hasMessageStartingWith(
            "Cannot open a state store at s3://no-such-bucket/. S3 did not write"
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
  void objectsAreEncryptedAsAsked() throws Exception {
    String bucket = AWS.newBucket();
    try (S3StateStore s3Keys =
            S3StateStore.builder(AWS.client(), bucket).prefix("s3/").encryptWithS3Keys().open();
        S3StateStore kms =
            S3StateStore.builder(AWS.client(), bucket)
                .prefix("kms/")
                .encryptWithKmsKey("alias/state")
                .open()) {
      run(s3Keys, 1);
      run(kms, 1);
    }
    assertThat(head(bucket, "s3/").serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    assertThat(head(bucket, "kms/").serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(head(bucket, "kms/").ssekmsKeyId()).endsWith("alias/state");
  }

  private static HeadObjectResponse head(String bucket, String prefix) {
    return AWS.client()
        .headObject(head -> head.bucket(bucket).key(prefix + "shop/state/onboarding/acme"));
  }

  @Test
  void aRunOfEightStepsCostsAsManyRequestsAsTheReadmeSays() throws Exception {
    String bucket = AWS.newBucket();
    try (S3StateStore store = S3StateStore.builder(AWS.client(), bucket).open()) {
      AWS.proxy().forget();
      run(store, 8);
    }
    Map<String, Long> requests =
        AWS.proxy().requests().stream()
            .filter(request -> !request.target().contains("list-type=2"))
            .map(ProxiedRequest::method)
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    assertThat(requests).isEqualTo(Map.of("PUT", 10L, "DELETE", 1L, "GET", 2L));
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
    for (String prefix : List.of("a", "/", "a//", "ä/", "a/".repeat(251))) {
      assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "state").prefix(prefix))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), "state").bucketOwner("1234"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
