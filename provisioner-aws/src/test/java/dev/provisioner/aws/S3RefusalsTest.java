package dev.provisioner.aws;

import static dev.provisioner.aws.S3Requests.KEY;
import static dev.provisioner.aws.S3Requests.document;
import static dev.provisioner.aws.S3Requests.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.http.HttpFault;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S3 refuses, and the message says why and what to do. */
@RequiresPart(RealPart.AWS_EMULATOR)
final class S3RefusalsTest {
  @RegisterExtension static final Emulated AWS = new Emulated();

  private String bucket;
  private FaultProxy proxy;
  private StateStore store;

  @BeforeEach
  void open() {
    bucket = AWS.newBucket();
    proxy = AWS.proxy();
    store = S3StateStore.builder(AWS.client(), bucket).open();
  }

  @AfterEach
  void everythingHappened() {
    assertThat(proxy.allHappened()).isTrue();
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
          301 | PermanentRedirect | the bucket is in another region than the client \
          (301 PermanentRedirect). Build the client for the bucket's region.
          501 | NotImplemented | the endpoint does not know what was asked (501 NotImplemented). It \
          may not support conditional writes; use Amazon S3 itself, or a service that does.
          400 | InvalidRequest | it answered 400 InvalidRequest (Some words.).
          """)
  void whatS3RefusesIsExplainedAndDidNotHappen(int status, String code, String why) {
    proxy.next(S3Requests::isPut, error(status, code));
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
    for (int i = 0; i < 4; i++) { // as often as the client tries by default
      proxy.next(S3Requests::isPut, error(status, code));
    }
    assertThatThrownBy(() -> store.write(KEY, null, document("1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining(why);
  }

  @Test
  void theRegionOfTheBucketIsNamedIfS3SaysIt() {
    Map<String, String> header = Map.of("x-amz-bucket-region", "eu-central-1");
    assertRegionNamed(error(301, "PermanentRedirect", header, ""), "301 PermanentRedirect");
    assertRegionNamed(error(307, "TemporaryRedirect", header, ""), "307 TemporaryRedirect");
    assertRegionNamed(
        error(400, "AuthorizationHeaderMalformed", Map.of(), "<Region>eu-central-1</Region>"),
        "400 AuthorizationHeaderMalformed");
  }

  private void assertRegionNamed(HttpFault answer, String status) {
    proxy.next(S3Requests::isGet, answer);
    assertThatThrownBy(() -> S3StateStore.builder(AWS.client(), bucket).open())
        .isInstanceOf(StateStoreException.class)
        .hasMessageStartingWith(
            "Cannot open a state store at s3://"
                + bucket
                + "/. S3 did not read s3://"
                + bucket
                + "/_probe/")
        .hasMessageEndingWith(
            ": the bucket is in another region than the client ("
                + status
                + "). Build the client for the bucket's region, eu-central-1. No state was changed.");
  }

  @Test
  void whatIsNotThereIsDeniedWithoutThePermissionToList() {
    proxy.next(S3Requests::isGet, error(403, "AccessDenied"));
    assertThatThrownBy(() -> store.read(KEY))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot read the state of shop/onboarding/acme. S3 did not read s3://"
                + bucket
                + "/shop/state/onboarding/acme: access was denied (403 AccessDenied). Give the"
                + " client's credentials s3:GetObject on arn:aws:s3:::"
                + bucket
                + "/*, and kms:GenerateDataKey and kms:Decrypt if a KMS key encrypts it; the"
                + " bucket's policy and expected owner can deny it, too. Without s3:ListBucket an"
                + " object that is not there is denied as well. Nothing was changed.");
  }
}
