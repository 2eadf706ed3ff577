package dev.provisioner.internal.document;

import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Retry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a step is to be treated, recorded so that a removal needs no plan.
 *
 * @param timeoutMillis limit for the step in a run, or null
 * @param callMillis limit for one call, resolved from step, provisioner and engine
 * @param exclusive whether the backend excludes a second caller by itself
 */
public record Policy(
    Retry retry,
    @Nullable Long timeoutMillis,
    long callMillis,
    boolean exclusive,
    OnFailure onFailure,
    OnDeprovision onDeprovision) {

  /** Refuses what is missing. */
  public Policy {
    Objects.requireNonNull(retry, "retry");
    Objects.requireNonNull(onFailure, "onFailure");
    Objects.requireNonNull(onDeprovision, "onDeprovision");
  }
}
