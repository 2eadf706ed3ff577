package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/** A secret cannot be sealed or opened. The message never holds the value. */
public final class SecretException extends ProvisioningException {

  /** Creates the exception with what happened and what to do. */
  public SecretException(String message) {
    super(message, null);
  }

  /** Creates the exception with what happened, what to do, where, and its cause. */
  public SecretException(
      String message, @Nullable ErrorContext context, @Nullable Throwable cause) {
    super(message, context, cause);
  }

  /** Creates the exception with what happened, what to do, and its cause. */
  public SecretException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
