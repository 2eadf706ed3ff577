package dev.provisioner.jdbc.queue;

import dev.provisioner.tenant.TenantId;

/** Jobs that are done one after the other: those of a tenant and plan. */
record Lane(String plan, TenantId tenant) implements Comparable<Lane> {
  @Override
  public int compareTo(Lane other) {
    int byPlan = plan.compareTo(other.plan);
    return byPlan != 0 ? byPlan : tenant.compareTo(other.tenant);
  }
}
