package dev.provisioner.proofs.nodes;

import dev.provisioner.jdbc.queue.Job.Kind;
import dev.provisioner.jdbc.queue.JobRequest;
import dev.provisioner.plan.Plan;
import dev.provisioner.tenant.TenantId;

/**
 * What is asked for a tenant.
 *
 * @param number its place among those of the tenant, from 1
 * @param cancelledAfterMillis how long after its submission it is cancelled; negative if it is not
 */
record Order(String tenant, int number, Kind kind, int cancelledAfterMillis) {

  String id() {
    return tenant + "/" + number;
  }

  String value() {
    return tenant + "." + number;
  }

  boolean isCancelled() {
    return cancelledAfterMillis >= 0;
  }

  JobRequest request(Plan<Diamond.Wish> plan) {
    TenantId whom = TenantId.of(tenant);
    return switch (kind) {
      case PROVISION -> JobRequest.provision(plan, whom, new Diamond.Wish(value())).id(id());
      case DEPROVISION -> JobRequest.deprovision(plan, whom).id(id());
      case PURGE -> JobRequest.purge(plan, whom).id(id());
    };
  }
}
