package dev.provisioner.internal.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands of one step.
 *
 * @param origin the step's name when it was first recorded; part of names and markers, so that a
 *     renamed step keeps its resources
 * @param dependsOn the steps its resource was made after
 * @param current what it made, or null
 * @param deposed what was replaced and is not removed yet, the oldest first
 */
public record StepRecord(
    String origin,
    List<String> dependsOn,
    Policy policy,
    @Nullable Resource current,
    List<Resource> deposed) {

  /** Fills in what an older document lacks; refuses what none can lack. */
  public StepRecord {
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(policy, "policy");
    dependsOn = dependsOn == null ? List.of() : List.copyOf(dependsOn);
    deposed = deposed == null ? List.of() : List.copyOf(deposed);
  }

  /** Returns this record with another current resource. */
  public StepRecord current(@Nullable Resource resource) {
    return new StepRecord(origin, dependsOn, policy, resource, deposed);
  }

  /** Returns this record with what the plan says now. */
  public StepRecord planned(List<String> newDependsOn, Policy newPolicy) {
    return new StepRecord(origin, newDependsOn, newPolicy, current, deposed);
  }

  /** Returns this record with its current resource moved aside. */
  public StepRecord depose(boolean blocking) {
    if (current == null) {
      throw new IllegalStateException("nothing to depose");
    }
    List<Resource> all = new ArrayList<>(deposed);
    all.add(blocking ? current.blocked() : current);
    return new StepRecord(origin, dependsOn, policy, null, all);
  }

  /** Returns the resource with this nonce, or null. */
  public @Nullable Resource resource(String nonce) {
    if (current != null && current.nonce().equals(nonce)) {
      return current;
    }
    return deposed.stream().filter(r -> r.nonce().equals(nonce)).findFirst().orElse(null);
  }

  /** Returns this record with a resource of the same nonce replaced. */
  public StepRecord with(Resource resource) {
    if (current != null && current.nonce().equals(resource.nonce())) {
      return current(resource);
    }
    List<Resource> all =
        deposed.stream().map(r -> r.nonce().equals(resource.nonce()) ? resource : r).toList();
    return new StepRecord(origin, dependsOn, policy, current, all);
  }

  /** Returns this record without the resource of this nonce. */
  public StepRecord without(String nonce) {
    Resource kept = current != null && current.nonce().equals(nonce) ? null : current;
    List<Resource> all = deposed.stream().filter(r -> !r.nonce().equals(nonce)).toList();
    return new StepRecord(origin, dependsOn, policy, kept, all);
  }

  /** Returns whether nothing exists or may exist of this step. */
  public boolean empty() {
    return current == null && deposed.isEmpty();
  }
}
