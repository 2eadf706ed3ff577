package dev.provisioner.jdbc;

import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of the audit log are wanted. Immutable; each method returns a narrower query.
 *
 * @param installation of which installation
 * @param tenant of which tenant, or null for all
 * @param plan of which plan, or null for all
 * @param run of which run, by its id, or null for all
 * @param from the earliest time, or null
 * @param until the time before which all are, or null
 */
public record AuditQuery(
    String installation,
    @Nullable TenantId tenant,
    @Nullable String plan,
    @Nullable String run,
    @Nullable Instant from,
    @Nullable Instant until) {

  /** Refuses a missing installation. */
  public AuditQuery {
    Objects.requireNonNull(installation, "installation");
  }

  /** Asks for everything of an installation. */
  public static AuditQuery of(String installation) {
    return new AuditQuery(installation, null, null, null, null, null);
  }

  /** Asks for one tenant only. */
  public AuditQuery tenant(TenantId only) {
    return new AuditQuery(installation, only, plan, run, from, until);
  }

  /** Asks for one plan only. */
  public AuditQuery plan(String only) {
    return new AuditQuery(installation, tenant, only, run, from, until);
  }

  /** Asks for one run only. */
  public AuditQuery run(String only) {
    return new AuditQuery(installation, tenant, plan, only, from, until);
  }

  /** Asks for what happened at this time or later. */
  public AuditQuery from(Instant earliest) {
    return new AuditQuery(installation, tenant, plan, run, earliest, until);
  }

  /** Asks for what happened before this time. */
  public AuditQuery until(Instant end) {
    return new AuditQuery(installation, tenant, plan, run, from, end);
  }
}
