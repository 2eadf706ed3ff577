package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine whose events are kept in the database of its state, through a pool of one. */
final class AuditOfAnEngineTest {
  record Wish(String size) {}

  @Test
  @Timeout(60)
  void aClosedEngineHasEnteredTheWholeRun() throws Exception {
    JdbcConnectionPool pool = Pools.h2Memory();
    pool.setMaxConnections(1);
    FakeResources resources = FakeResources.on(new FakeCloud());
    Step<Wish, FakeResource> bucket =
        Step.named("bucket", resources).from(tenant -> FakeSpec.of("size", tenant.input().size()));
    Plan<Wish> plan = Plan.of("plan", Wish.class, bucket);
    try (JdbcStateStore store = JdbcStateStore.on(pool).createTables().open()) {
      try (ProvisioningEngine engine =
          ProvisioningEngine.builder(store)
              .installation("shop")
              .plans(plan)
              .durableListener("audit", store.auditLog())
              .build()) {
        TenantId acme = TenantId.of("acme");
        ProvisionOptions alice = ProvisionOptions.defaults().by("alice");
        assertThat(engine.provision(plan, acme, new Wish("s"), alice).await(Duration.ofSeconds(30)))
            .isInstanceOf(Outcome.Succeeded.class);
      }
      List<AuditEntry> entries = store.auditLog().read(AuditQuery.of("shop"), null, 10).entries();
      assertThat(entries)
          .extracting(AuditEntry::description)
          .containsExactlyInAnyOrder(
              "provision began", "bucket: created", "provision succeeded: 1 created");
      assertThat(entries).allMatch(entry -> "alice".equals(entry.by()));
    } finally {
      pool.dispose();
    }
  }
}
