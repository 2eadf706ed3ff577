package dev.provisioner.aws;

import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Runs requests to their end on a thread that is interrupted, as an engine that is being shut down
 * must record where it stands. The thread's flag is set again afterwards. Requests must therefore
 * bear being sent twice.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  static <T> T call(Supplier<T> request) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return request.get();
        } catch (SdkClientException e) {
          if (!Thread.interrupted()) {
            throw e;
          }
          interrupted = true; // it may be why the request failed
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
