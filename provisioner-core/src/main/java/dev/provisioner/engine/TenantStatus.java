package dev.provisioner.engine;

import dev.provisioner.event.Progress;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a tenant stands under a plan, as last recorded.
 *
 * @param tenant the tenant
 * @param plan the plan's name
 * @param planVersion the version it was last provisioned with
 * @param lifecycle where it stands
 * @param run the id of the run under way, or of the last one
 * @param runStatus how that run stands
 * @param progress how far that run is
 * @param retainedUntil when what is retained is purged, or null
 * @param undelivered how many events wait for durable listeners. While some {@value
 *     dev.provisioner.internal.document.Outbox#MOST_EVENTS} do, or fewer long ones, nothing new is
 *     begun; {@link Run#report()} names the listener that fails
 * @param steps what is recorded of each step
 */
public record TenantStatus(
    TenantId tenant,
    String plan,
    long planVersion,
    Lifecycle lifecycle,
    String run,
    RunStatus runStatus,
    Progress progress,
    @Nullable Instant retainedUntil,
    int undelivered,
    List<StepStatus> steps) {

  /**
   * What is recorded of one step.
   *
   * @param step the step's name
   * @param stands what it has: {@code MADE}, {@code PARTIAL}, {@code INTENDED} (nobody knows yet
   *     whether it exists), or {@code NOTHING}
   * @param provisioner the id of the provisioner that made it, or null
   * @param name the resource's derived name, or null
   * @param replaced how many resources it has replaced that are not removed yet
   */
  public record StepStatus(
      String step,
      String stands,
      @Nullable String provisioner,
      @Nullable String name,
      int replaced) {}

  /** Copies the steps. */
  public TenantStatus {
    steps = List.copyOf(steps);
  }
}
