package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/**
 * The engine refuses a request, before anything was touched: a plan that does not fit the recorded
 * state, a second input while a run is under way, a tenant that does not exist. The message says
 * what to do instead.
 */
public final class RefusedException extends ProvisioningException {

  /** Creates the exception with the reason, what to do, and where. */
  public RefusedException(String message, @Nullable ErrorContext context) {
    super(message, context, null);
  }
}
