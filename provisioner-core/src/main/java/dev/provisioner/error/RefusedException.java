package dev.provisioner.error;

import org.jspecify.annotations.Nullable;

/**
 * The engine refuses a request, before anything was touched: a plan that does not fit the recorded
 * state, a second input while a run is under way, a tenant that does not exist. The message says
 * what to do instead.
 */
public final class RefusedException extends ProvisioningException {
  private final boolean forNow;

  /** Creates the exception with the reason, what to do, and where. */
  public RefusedException(String message, @Nullable ErrorContext context) {
    this(message, context, false);
  }

  private RefusedException(String message, @Nullable ErrorContext context, boolean forNow) {
    super(message, context, null);
    this.forNow = forNow;
  }

  /** Returns the exception of a request that may be accepted later, or by another engine. */
  public static RefusedException forNow(String message, @Nullable ErrorContext context) {
    return new RefusedException(message, context, true);
  }

  /**
   * Returns whether the same request may be accepted later, or by another engine: another run is
   * under way, or this engine's plans are older than the tenant's.
   */
  public boolean isForNow() {
    return forNow;
  }
}
