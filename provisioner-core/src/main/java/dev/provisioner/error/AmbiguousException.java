package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a provisioner: nobody knows whether the call took effect (a lost response, a time-out).
 * The engine asks the backend ({@code find}) before it tries again.
 */
public final class AmbiguousException extends ProvisioningException {

  /** Creates the exception with what happened, for people. */
  public AmbiguousException(String message) {
    super(message, null);
  }

  /** Creates the exception with what happened and its cause. */
  public AmbiguousException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
