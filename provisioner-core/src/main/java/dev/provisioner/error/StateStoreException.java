package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/**
 * A state store did not answer, or what it holds cannot be read.
 *
 * <p>Thrown by a write, it does not say that nothing was written: the caller reads back and
 * compares the document's write id.
 */
public final class StateStoreException extends ProvisioningException {

  /** Creates the exception with what happened and what to do. */
  public StateStoreException(String message) {
    super(message, null);
  }

  /** Creates the exception with what happened, what to do, and its cause. */
  public StateStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
