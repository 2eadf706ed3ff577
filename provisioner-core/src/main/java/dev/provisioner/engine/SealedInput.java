package dev.provisioner.engine;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.tenant.TenantId;
import java.util.Objects;

/**
 * An input that an engine has checked, with its secrets sealed, to be kept outside of the engine
 * (in a queue, say) until some engine of the installation provisions it: see {@link
 * ProvisioningEngine#seal} and {@link ProvisioningEngine#provision(SealedInput, ProvisionOptions)}.
 * It opens for its own installation, plan and tenant only, and as long as an engine's cipher knows
 * the key it was sealed with. Immutable.
 */
public final class SealedInput {
  private final String plan;
  private final long planVersion;
  private final TenantId tenant;
  private final String fingerprint;
  private final byte[] json;

  private SealedInput(
      String plan, long planVersion, TenantId tenant, String fingerprint, byte[] json) {
    this.plan = Identifiers.requirePlan(plan);
    this.planVersion = planVersion;
    this.tenant = Objects.requireNonNull(tenant, "tenant");
    this.fingerprint = Objects.requireNonNull(fingerprint, "fingerprint");
    this.json = json.clone();
  }

  /** Returns the sealed input that has these parts, which were taken from one. */
  public static SealedInput of(
      String plan, long planVersion, TenantId tenant, String fingerprint, byte[] json) {
    return new SealedInput(plan, planVersion, tenant, fingerprint, json);
  }

  /** Returns the name of the plan. */
  public String plan() {
    return plan;
  }

  /** Returns the version the plan had. */
  public long planVersion() {
    return planVersion;
  }

  /** Returns the tenant. */
  public TenantId tenant() {
    return tenant;
  }

  /** Returns by what two inputs of a tenant and plan are compared without opening either. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Returns the input as JSON in UTF-8, in which every secret is sealed. */
  public byte[] json() {
    return json.clone();
  }

  /** Tells whose it is, and nothing of what is in it. */
  @Override
  public String toString() {
    return "SealedInput[" + plan + " for " + tenant + "]";
  }
}
