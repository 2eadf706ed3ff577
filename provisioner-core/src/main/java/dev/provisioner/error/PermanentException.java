package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/** Thrown by a provisioner: trying again cannot help; somebody must change something. Say what. */
public final class PermanentException extends ProvisioningException {

  /** Creates the exception with what happened, for people. */
  public PermanentException(String message) {
    super(message, null);
  }

  /** Creates the exception with what happened and its cause. */
  public PermanentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
