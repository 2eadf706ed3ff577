package dev.provisioner.state;

import dev.provisioner.tenant.TenantId;
import java.util.Objects;

/**
 * Names one state document.
 *
 * @param installation the engine's installation id
 * @param plan the plan's name
 * @param tenant the tenant
 */
public record DocumentKey(String installation, String plan, TenantId tenant)
    implements Comparable<DocumentKey> {

  /** Refuses missing parts. */
  public DocumentKey {
    Objects.requireNonNull(installation, "installation");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(tenant, "tenant");
  }

  /** Orders by installation, plan and tenant, each by {@code String} order. */
  @Override
  public int compareTo(DocumentKey other) {
    int byInstallation = installation.compareTo(other.installation);
    if (byInstallation != 0) {
      return byInstallation;
    }
    int byPlan = plan.compareTo(other.plan);
    return byPlan != 0 ? byPlan : tenant.compareTo(other.tenant);
  }

  @Override
  public String toString() {
    return installation + "/" + plan + "/" + tenant;
  }
}
