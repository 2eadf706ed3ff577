package dev.provisioner.error;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a provisioner: the call had no effect and may succeed later (throttling, a lock held by
 * somebody else). The engine tries again as the step's retry policy says.
 */
public final class TransientException extends ProvisioningException {
  private final @Nullable Duration retryAfter;

  /** Creates the exception with what happened, for people. */
  public TransientException(String message) {
    this(message, null, null);
  }

  /** Creates the exception with what happened and its cause. */
  public TransientException(String message, @Nullable Throwable cause) {
    this(message, null, cause);
  }

  /**
   * Creates the exception with the time the backend asked us to wait.
   *
   * @param retryAfter the least time until the next attempt, or null to leave it to the policy
   */
  public TransientException(
      String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /** Returns the least time until the next attempt, if the backend said one. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
