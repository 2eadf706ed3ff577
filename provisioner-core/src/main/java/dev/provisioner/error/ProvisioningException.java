package dev.provisioner.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of this library's exceptions. A plan that fails is not an exception but an outcome;
 * exceptions mean misuse, a lost store, or, when thrown by a provisioner, what went wrong in one
 * attempt.
 */
public class ProvisioningException extends RuntimeException {
  private final @Nullable ErrorContext context;
  private final String plainMessage;

  /** Creates an exception without a context; the engine knows it. */
  public ProvisioningException(String message, @Nullable Throwable cause) {
    this(message, null, cause);
  }

  /** Creates an exception whose message ends with the context. */
  public ProvisioningException(
      String message, @Nullable ErrorContext context, @Nullable Throwable cause) {
    super(context == null ? message : message + " " + context, cause);
    this.plainMessage = message;
    this.context = context;
  }

  /** Returns where it happened, if known. */
  public Optional<ErrorContext> context() {
    return Optional.ofNullable(context);
  }

  /** Returns the message without the context. */
  public String plainMessage() {
    return plainMessage;
  }
}
