package dev.provisioner.error;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Where something went wrong. The one place that formats it; every message of this library ends
 * with it.
 *
 * @param tenant the tenant's id as shown to people
 * @param plan the plan's name
 * @param step the step's name, or null outside a step
 * @param run the run's id, or null outside a run
 * @param attempt such as {@code "2/5"}, or null outside an attempt
 */
public record ErrorContext(
    @Nullable String tenant,
    @Nullable String plan,
    @Nullable String step,
    @Nullable String run,
    @Nullable String attempt) {

  /** Returns the context of a tenant and a plan. */
  public static ErrorContext of(String tenant, String plan) {
    return new ErrorContext(tenant, plan, null, null, null);
  }

  /** Returns this context, of a run. */
  public ErrorContext inRun(String newRun) {
    return new ErrorContext(tenant, plan, step, newRun, attempt);
  }

  /** Returns this context, of a step. */
  public ErrorContext inStep(String newStep) {
    return new ErrorContext(tenant, plan, newStep, run, attempt);
  }

  /** Returns for example {@code [tenant=acme plan=onboarding step=bucket run=7f3c attempt=1/5]}. */
  @Override
  public String toString() {
    StringJoiner parts = new StringJoiner(" ", "[", "]");
    add(parts, "tenant", tenant);
    add(parts, "plan", plan);
    add(parts, "step", step);
    add(parts, "run", run);
    add(parts, "attempt", attempt);
    return parts.toString();
  }

  private static void add(StringJoiner parts, String key, @Nullable String value) {
    if (value != null) {
      parts.add(key + "=" + value);
    }
  }
}
