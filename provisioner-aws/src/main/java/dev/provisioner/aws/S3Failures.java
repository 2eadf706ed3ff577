package dev.provisioner.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.state.ObjectBucket.RejectedException;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;

/** Says of a request that failed what it was, why, and what to do. */
final class S3Failures {
  private static final Pattern REGION = Pattern.compile("<Region>([a-z0-9-]+)</Region>");

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
    return of(attempted, name, action, e, sentMoreThanOnce(e));
  }

  /**
   * Returns the exception.
   *
   * @param sentBefore whether an earlier try may have been carried out
   */
  IOException of(String attempted, String name, String action, SdkException e, boolean sentBefore) {
    String what = "S3 did not " + attempted + " s3://" + bucket + "/" + prefix + name + ": ";
    if (!(e instanceof AwsServiceException answer)) {
      return new IOException(what + "no answer came (" + reason(e) + ").", e);
    }
    String message = what + explained(answer, action);
    return refused(answer) && !sentBefore
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

  /** Returns whether the answer says that this try was not carried out. */
  private static boolean refused(AwsServiceException e) {
    int status = e.statusCode();
    return ((status >= 300 && status < 500) || status == 501) && !code(e).equals("RequestTimeout");
  }

  private String explained(AwsServiceException e, String action) {
    String code = code(e);
    String answer = e.statusCode() + (code.isEmpty() ? "" : " " + code);
    return switch (code) {
      case "NoSuchBucket" ->
          "there is no bucket '" + bucket + "' (" + answer + "). Create it, or name another.";
      case "PermanentRedirect",
          "TemporaryRedirect",
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
              + " it; the bucket's policy and expected owner can deny it, too."
              + (action.equals("s3:GetObject")
                  ? " Without s3:ListBucket an object that is not there is denied as well."
                  : "");
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

  /** Returns ", " and the bucket's region, if S3 says it in a header or in the answer's body. */
  private static String region(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    if (details == null) {
      return "";
    }
    return Optional.ofNullable(details.sdkHttpResponse())
        .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
        .or(() -> Optional.ofNullable(details.rawResponse()).flatMap(S3Failures::regionIn))
        .map(region -> ", " + region)
        .orElse("");
  }

  private static Optional<String> regionIn(SdkBytes body) {
    Matcher region = REGION.matcher(new String(body.asByteArrayUnsafe(), UTF_8));
    return region.find() ? Optional.of(region.group(1)) : Optional.empty();
  }

  private static String reason(SdkException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest == e ? String.valueOf(e.getMessage()) : deepest.toString();
  }
}
