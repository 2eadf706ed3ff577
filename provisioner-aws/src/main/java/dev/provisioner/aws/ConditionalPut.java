package dev.provisioner.aws;

import dev.provisioner.state.ObjectBucket.Put;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A PUT with a condition, until S3 says whether the condition held.
 *
 * <p>Answer 412 to a request that was sent once says that nothing was written. If it was sent
 * before, by the client or here, and that answer was lost, the first may have been carried out and
 * the second have failed because of it. Answer 409 says that another conditional write was under
 * way; S3's documentation asks to send the request again.
 */
final class ConditionalPut {
  private static final int MOST_COLLISIONS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 400;

  private final Supplier<String> request;
  private boolean sentBefore;

  /**
   * Creates it.
   *
   * @param request sends it, with the client's own retries, and returns the new tag
   */
  ConditionalPut(Supplier<String> request) {
    this.request = request;
  }

  /**
   * Sends it.
   *
   * @throws SdkException if S3 does not say
   */
  Put run() {
    return Uninterrupted.call(this::untilAnswered);
  }

  /** Returns whether a try was sent whose answer was lost, so that it may have been carried out. */
  boolean sentBefore() {
    return sentBefore;
  }

  private Put untilAnswered() {
    for (int collisions = 1; ; collisions++) {
      try {
        return new Put.Done(request.get());
      } catch (S3Exception e) {
        sentBefore |= S3Failures.sentMoreThanOnce(e);
        if (conditionFailed(e)) {
          return new Put.Conflict(!sentBefore);
        }
        if (e.statusCode() != 409 || collisions == MOST_COLLISIONS) {
          throw e;
        }
        pause(collisions);
      } catch (SdkClientException e) {
        sentBefore = true;
        throw e;
      }
    }
  }

  /** If-Match of an object that is not there is answered 404 NoSuchKey. */
  private static boolean conditionFailed(S3Exception e) {
    return e.statusCode() == 412 || S3Failures.code(e).equals("NoSuchKey");
  }

  private static void pause(int collisions) {
    long most = Math.min(LONGEST_PAUSE_MILLIS, 5L << collisions);
    long millis = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
