package dev.provisioner.aws;

import dev.provisioner.state.ObjectBucket.RejectedException;
import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says of a request that failed what it was, why, and what to do. */
final class S3Failures {
  private final String bucket;
  private final String prefix;

  S3Failures(String bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /**
   * Returns the exception.
   *
   * @param attempted what was tried, such as "read"
   * @param action the permission it needs
   */
  IOException of(String attempted, String name, String action, SdkException e) {
    String what = "S3 did not " + attempted + " s3://" + bucket + "/" + prefix + name + ": ";
    if (!(e instanceof AwsServiceException answer)) {
      return new IOException(what + "it did not answer (" + reason(e) + ").", e);
    }
    String message = what + explained(answer, action);
    return certainlyNotDone(answer)
        ? new RejectedException(message, e)
        : new IOException(message, e);
  }

  /** Returns whether an earlier try of the request, whose answer was lost, may have arrived. */
  static boolean sentMoreThanOnce(SdkException e) {
    Integer attempts = e.numAttempts();
    return attempts == null || attempts > 1;
  }

  /** Returns the error code, or "" if the answer has none. */
  static String code(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }

  private static boolean certainlyNotDone(AwsServiceException e) {
    boolean refused = (e.statusCode() >= 300 && e.statusCode() < 500) || e.statusCode() == 501;
    return refused && !code(e).equals("RequestTimeout") && !sentMoreThanOnce(e);
  }

  private String explained(AwsServiceException e, String action) {
    String code = code(e);
    String answer = e.statusCode() + (code.isEmpty() ? "" : " " + code);
    return switch (code) {
      case "NoSuchBucket" ->
          "there is no bucket '" + bucket + "' (" + answer + "). Create it, or name another.";
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          "the bucket is in another region than the client ("
              + answer
              + "). Build the client for"
              + " the bucket's region"
              + region(e)
              + ".";
      case "AccessDenied", "AllAccessDisabled" ->
          "access was denied ("
              + answer
              + "). Give the client's credentials "
              + action
              + " on "
              + resource(action)
              + ", and kms:GenerateDataKey and kms:Decrypt if a KMS key encrypts"
              + " it; the bucket's policy and expected owner can deny it, too.";
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken" ->
          "the client's credentials were refused (" + answer + "). Renew them.";
      case "RequestTimeTooSkewed" ->
          "this machine's clock is wrong by more than 15 minutes (" + answer + "). Set it.";
      case "SlowDown", "ServiceUnavailable", "TooManyRequests", "Throttling" ->
          "it asks to slow down ("
              + answer
              + "). Try again later; if it lasts, use fewer workers or"
              + " a longer sweep interval.";
      case "NotImplemented" ->
          "the endpoint does not know what was asked ("
              + answer
              + "). It may not support"
              + " conditional writes; use Amazon S3 itself, or a service that does.";
      default -> {
        String why = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
        yield "it answered " + answer + (why == null ? "" : " (" + why + ")") + ".";
      }
    };
  }

  private String resource(String action) {
    String arn = "arn:aws:s3:::" + bucket;
    return action.equals("s3:ListBucket") ? arn : arn + "/" + prefix + "*";
  }

  private static String region(AwsServiceException e) {
    return e.awsErrorDetails() == null || e.awsErrorDetails().sdkHttpResponse() == null
        ? ""
        : e.awsErrorDetails()
            .sdkHttpResponse()
            .firstMatchingHeader("x-amz-bucket-region")
            .map(region -> ", " + region)
            .orElse("");
  }

  private static String reason(SdkException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest == e ? String.valueOf(e.getMessage()) : deepest.toString();
  }
}
