package dev.provisioner.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.testkit.TestAttempt;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lines that Terraform 1.11.4 wrote, shortened. */
final class UiStreamTest {
  private final TestAttempt attempt = TestAttempt.of("acme", "onboarding", "stack");
  private final UiStream stream = new UiStream(attempt, Redactor.of(List.of("hunter2")));

  private static String change(String type, String body, String address, String action) {
    return """
    {"@level":"info","@message":"m","type":"%s","%s":{"resource":{"addr":"%s"},"action":"%s"}}
    """
        .formatted(type, body, address, action)
        .strip();
  }

  @Test
  void progressCountsWhatWasPlannedNotWhatWasRead() {
    stream.line(change("planned_change", "change", "terraform_data.one", "create"));
    stream.line(change("planned_change", "change", "aws_s3_bucket.two", "replace"));
    stream.line(change("planned_change", "change", "data.aws_region.three", "read"));
    stream.line(change("apply_complete", "hook", "data.aws_region.three", "read"));
    stream.line(change("apply_complete", "hook", "terraform_data.one", "create"));
    stream.line(change("apply_complete", "hook", "aws_s3_bucket.two", "delete"));
    stream.line(change("apply_errored", "hook", "aws_s3_bucket.two", "create"));
    assertThat(attempt.told())
        .containsExactly(
            new TestAttempt.Progress(1, 2, "terraform_data.one: create complete"),
            new TestAttempt.Progress(2, 2, "aws_s3_bucket.two: delete complete"),
            new TestAttempt.Progress(2, 2, "aws_s3_bucket.two: create failed"));
  }

  @Test
  void outputsHaveChangedOnlyWhereAnActionIsPlanned() {
    stream.line("{\"type\":\"outputs\",\"outputs\":{\"a\":{\"action\":\"noop\"},\"b\":{}}}");
    assertThat(stream.outputsChanged()).isFalse();
    stream.line("{\"type\":\"outputs\",\"outputs\":{\"a\":{\"action\":\"update\"}}}");
    assertThat(stream.outputsChanged()).isTrue();
  }

  @Test
  void linesThatAreNoEventsArePassedOver() {
    stream.line("");
    stream.line("\u001b[0m\u001b[32m");
    stream.line("Successfully configured the backend \"local\"!");
    stream.line("{\"type\":");
    stream.line("{\"type\":\"of a later version\",\"x\":[1]}");
    stream.line("{}");
    assertThat(stream.errors()).isEmpty();
    assertThat(attempt.told()).isEmpty();
  }

  @Test
  void errorsAreKeptRedactedAndWarningsAreNot() {
    stream.line(
        """
        {"@level":"warn","type":"diagnostic","diagnostic":{"severity":"warning","summary":"w",\
        "detail":""}}\
        """);
    stream.line(
        """
        {"@level":"error","type":"diagnostic","diagnostic":{"severity":"error",\
        "summary":"creating S3 Bucket (b)","detail":"bad\\n  hunter2","address":"aws_s3_bucket.b"}}\
        """);
    assertThat(stream.errors()).hasSize(1);
    assertThat(stream.errors().get(0).shown())
        .isEqualTo("aws_s3_bucket.b: creating S3 Bucket (b): bad [secret]");
  }

  @Test
  void driftNamesTheResourceAndWhatHappened() {
    stream.line(change("resource_drift", "change", "aws_s3_bucket.b", "update"));
    stream.line(
        change("resource_drift", "change", "module.m.aws_s3_bucket.c[\\\"x\\\"]", "delete"));
    assertThat(stream.drift())
        .containsExactly(
            "aws_s3_bucket.b was changed outside Terraform",
            "module.m.aws_s3_bucket.c[\"x\"] is gone");
  }

  @Test
  void whatIsToldIsOneShortLineWithoutEscapes() {
    stream.line(
        "{\"type\":\"diagnostic\",\"diagnostic\":{\"summary\":\"a\\u001b[31mb\\u202e\\u0000c\\n\"}}");
    assertThat(stream.errors().get(0).shown()).isEqualTo("a [31mb c");
    String address = "a[\\u001b" + "x".repeat(100_000);
    stream.line(change("planned_change", "change", address, "create"));
    stream.line(change("apply_complete", "hook", address, "create"));
    assertThat(attempt.told())
        .containsExactly(
            new TestAttempt.Progress(1, 1, "a[ " + "x".repeat(1497) + "…: create complete"));
  }

  @Test
  void anErrorWithoutATextIsStillAnError() {
    stream.line("{\"type\":\"diagnostic\",\"diagnostic\":{}}");
    assertThat(Failures.of(Commands.plan(), 1, stream.errors()))
        .hasMessage("Terraform plan failed: an error without a text.");
  }

  @Test
  void hostileLinesAreReadOrPassedOver() {
    String line = change("diagnostic", "diagnostic", "a", "create");
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder damaged = new StringBuilder(line);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        damaged.setCharAt(
            random.nextInt(line.length()), "{}[]\",:0e\\\ud800\0".charAt(random.nextInt(12)));
      }
      stream.line(damaged.substring(0, random.nextInt(line.length())));
      stream.line(damaged.toString());
    }
    stream.line("{\"type\":".repeat(1_000_000));
    stream.line("{\"x\":1e10000000001}");
    stream.line("{\"x\":" + "[".repeat(1_000_000));
    stream.line("{\"x\":" + "9".repeat(1_000_000) + "}");
    assertThat(stream.errors()).hasSizeLessThanOrEqualTo(50);
  }
}
