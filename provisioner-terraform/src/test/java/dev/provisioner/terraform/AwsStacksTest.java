package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.differences;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.AwsEmulator;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import dev.provisioner.testkit.parts.TerraformMirror;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of the AWS provider, against an emulator. */
@RequiresPart({RealPart.TERRAFORM, RealPart.TERRAFORM_AWS_PROVIDER, RealPart.AWS_EMULATOR})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AwsStacksTest {
  private static final String LANDING =
      """
      terraform {
        required_providers {
          aws = {
            source = "hashicorp/aws"
          }
        }
      }
      variable "bucket" {
        type = string
      }
      variable "stage" {
        type    = string
        default = "test"
      }
      provider "aws" {
        region                      = "eu-west-1"
        skip_credentials_validation = true
        skip_metadata_api_check     = true
        skip_requesting_account_id  = true
        s3_use_path_style           = true
        max_retries                 = 2
      }
      resource "aws_s3_bucket" "landing" {
        bucket = var.bucket
        tags   = { stage = var.stage }
      }
      output "bucket_name" {
        value = aws_s3_bucket.landing.bucket
      }
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private AwsEmulator emulator;

  @TempDir Path home;
  private Fixture fixture;

  record Landing(String bucketName) {}

  @BeforeAll
  void start() throws Exception {
    emulator = AwsEmulator.start();
  }

  @AfterAll
  void stop() {
    emulator.close();
  }

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("landing", LANDING);
  }

  /** Before JUnit does, which warns of every link to a provider. */
  @AfterEach
  void deleteWork() throws IOException {
    SecureFiles.deleteTree(fixture.work);
  }

  @Test
  void aBucketIsMadeSeenDriftedRepairedAndRemoved() throws Exception {
    TerraformStacks stacks = stacks(emulator.url());
    StackSpec spec = stacks.stack("landing").variable("bucket", "landing-acme");
    TestAttempt attempt = attempt("acme");

    StackOutputs outputs = made(stacks.provision(spec, attempt));
    assertThat(outputs.as(Landing.class)).isEqualTo(new Landing("landing-acme"));
    assertThat(status("HEAD", "landing-acme")).isEqualTo(200);
    assertThat(attempt.told())
        .last()
        .isEqualTo(new TestAttempt.Progress(1, 1, "aws_s3_bucket.landing: create complete"));
    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    assertThat(stacks.inspect(known, attempt.next())).isEqualTo(Found.ours(outputs));

    assertThat(status("DELETE", "landing-acme")).isEqualTo(204);
    assertThat(differences(stacks.inspect(known, attempt.next())))
        .containsExactly("aws_s3_bucket.landing is gone");
    made(stacks.provision(spec, attempt.next()));
    assertThat(status("HEAD", "landing-acme")).isEqualTo(200);
    assertThat(stacks.inspect(known, attempt.next())).isEqualTo(Found.ours(outputs));

    SecureFiles.deleteTree(fixture.work.resolve(attempt.name()).resolve("work/data/providers"));
    assertThat(stacks.deprovision(known, attempt.next())).isEqualTo(Removed.gone());
    assertThat(status("HEAD", "landing-acme")).isEqualTo(404);
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
  }

  @Test
  void driftThatTheModuleIgnoresIsReportedOnceAndTakenOver() throws Exception {
    fixture.module(
        "landing",
        LANDING.replace(
            "bucket = var.bucket\n",
            "bucket = var.bucket\n  lifecycle {\n    ignore_changes = [tags, tags_all]\n  }\n"));
    TerraformStacks stacks = stacks(emulator.url());
    StackSpec spec = stacks.stack("landing").variable("bucket", "landing-tagged");
    TestAttempt attempt = attempt("tagged");
    StackOutputs outputs = made(stacks.provision(spec, attempt));
    assertThat(
            send(
                "PUT",
                "landing-tagged?tagging",
                "<Tagging><TagSet><Tag><Key>by</Key><Value>hand</Value></Tag></TagSet></Tagging>"))
        .isBetween(200, 204);
    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    assertThat(differences(stacks.inspect(known, attempt.next())))
        .containsExactly("aws_s3_bucket.landing was changed outside Terraform");
    stacks.provision(spec, attempt.next());
    assertThat(stacks.inspect(known, attempt.next())).isEqualTo(Found.ours(outputs));
  }

  @Test
  void aBucketThatSomebodyElseHasIsPermanent() throws Exception {
    TerraformStacks stacks = stacks(emulator.url());
    StackSpec spec = StackSpec.of("landing").variable("bucket", "taken-by-another");
    putBucket("taken-by-another");
    TestAttempt attempt = attempt("late");
    assertThatThrownBy(() -> stacks.provision(spec, attempt))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith("Terraform apply failed: aws_s3_bucket.landing: ")
        .hasMessageContaining("taken-by-another")
        .hasMessageEndingWith(
            " Something with this name is there, but not in this stack's state. If an apply of this"
                + " stack was killed, it may have made it: delete it, or bring it into the stack"
                + " with an import block in the module. If it is somebody else's, choose another"
                + " name in the variables.");
    assertThat(stacks.deprovision(begun(spec), attempt.next())).isEqualTo(Removed.gone());
    assertThat(status("HEAD", "taken-by-another")).isEqualTo(200);
  }

  @Test
  void aCloudThatDoesNotAnswerIsTransientAndTheNextAttemptCompletes() throws Exception {
    URI gone;
    try (AwsEmulator shortLived = AwsEmulator.start()) {
      gone = shortLived.url();
    }
    StackSpec spec = StackSpec.of("landing").variable("bucket", "landing-patient");
    TestAttempt attempt = attempt("patient");
    assertThatThrownBy(() -> stacks(gone).provision(spec, attempt))
        .isInstanceOf(TransientException.class)
        .hasMessageContaining("aws_s3_bucket.landing")
        .hasMessageContaining("connection refused")
        .hasMessageNotContaining("not-a-real-secret");
    TerraformStacks stacks = stacks(emulator.url());
    assertThat(differences(stacks.find(begun(spec), attempt.next())))
        .containsExactly("no apply has completed");
    made(stacks.provision(spec, attempt.next()));
    assertThat(status("HEAD", "landing-patient")).isEqualTo(200);
  }

  private TerraformStacks stacks(URI endpoint) throws IOException {
    return fixture
        .builder()
        .cliConfig(TerraformMirror.writeCliConfig(home))
        .environment("AWS_ENDPOINT_URL", endpoint.toString())
        .environment("AWS_ACCESS_KEY_ID", "test")
        .environment("AWS_SECRET_ACCESS_KEY", Secret.of("not-a-real-secret"))
        .build();
  }

  private int status(String method, String bucket) throws Exception {
    return send(method, bucket, "");
  }

  private void putBucket(String bucket) throws Exception {
    String body =
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
            + "</CreateBucketConfiguration>";
    assertThat(send("PUT", bucket, body)).isEqualTo(200);
  }

  private int send(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(emulator.url().resolve("/" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
