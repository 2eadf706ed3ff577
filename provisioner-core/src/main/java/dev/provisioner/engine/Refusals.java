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
      throw forNow(
          document,
          "The tenant was provisioned with version "
              + document.planVersion()
              + " of the plan; this engine has version "
              + plan.version()
              + " and leaves it alone. Upgrade this node.");
    }
  }

  /** Refuses to begin a run of which nothing more can be told. */
  static void requireNotHeldBack(Core core, Document document) {
    if (core.settings.holdsBack(document)) {
      throw refused(
          document,
          document.outbox().events().size()
              + " events of this tenant wait for durable listeners, which is as many as may."
              + " Nothing was begun. Mend "
              + listener(document)
              + " and ask again when it has taken them.");
    }
  }

  private static String listener(Document document) {
    String failing = document.outbox().failing();
    return failing == null ? "the one that is slow" : "'" + failing + "', which fails,";
  }

  /** Returns the refusal with the tenant, plan and run it is about. */
  static RefusedException refused(Document document, String why) {
    return new RefusedException(why, where(document));
  }

  /** Returns the refusal of what may be accepted later, or by another engine. */
  static RefusedException forNow(Document document, String why) {
    return RefusedException.forNow(why, where(document));
  }

  /** Refuses a request whose run is not known, after it or a later one was carried out. */
  static void requireNotOvertaken(Document document, Ticket ticket) {
    if (ticket.number() < document.ticket()) {
      throw refused(
          document,
          "A later request (number "
              + document.ticket()
              + ") has been carried out, so that number "
              + ticket.number()
              + " came too late. Nothing was changed.");
    }
    if (ticket.number() == document.ticket()) {
      throw refused(
          document,
          "The request (number "
              + ticket.number()
              + ") was carried out before; so many runs came after it that its own is not known any"
              + " more. Nothing was changed.");
    }
  }

  private static ErrorContext where(Document document) {
    RunRecord run = document.run();
    ErrorContext where =
        ErrorContext.of(TenantId.of(document.tenant()).toString(), document.plan());
    return run == null ? where : where.inRun(run.id());
  }
}
