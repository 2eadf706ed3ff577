package dev.provisioner.engine;

import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.RefusedException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.plan.Plan;
import dev.provisioner.tenant.TenantId;

/** Why requests are refused before anything is touched. */
final class Refusals {
  private Refusals() {}

  /** Refuses to touch a tenant that a newer version of the plan has provisioned. */
  static void requireNotNewer(Document document, Plan<?> plan) {
    if (document.planVersion() > plan.version()) {
      throw refused(
          document,
          "The tenant was provisioned with version "
              + document.planVersion()
              + " of the plan; this engine has version "
              + plan.version()
              + " and leaves it alone. Upgrade this node.");
    }
  }

  /** Returns the refusal with the tenant, plan and run it is about. */
  static RefusedException refused(Document document, String why) {
    RunRecord run = document.run();
    ErrorContext where =
        ErrorContext.of(TenantId.of(document.tenant()).toString(), document.plan());
    return new RefusedException(why, run == null ? where : where.inRun(run.id()));
  }
}
