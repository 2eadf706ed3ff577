package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's call site, with an engine; what is retained goes when it is purged. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class CallSiteTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final TenantId ACME = TenantId.of("acme");

  private final Shop shop;

  CallSiteTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  record Signup(int connections) {}

  private static Step<Signup, TenantSchema> step(DataSource admin) {
    TenantSchemas schemas = TenantSchemas.on(admin);
    Step<Signup, TenantSchema> schema =
        Step.named("schema", schemas)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(
                tenant ->
                    SchemaSpec.standard()
                        .connectionLimit(tenant.input().connections())
                        .readableBy("reporting")
                        .sharing(
                            SharedTable.rows("shared", "orders", "tenant", tenant.id().value())));
    return schema;
  }

  @Test
  void theReadmesCallSiteMakesWhatASecondRunLeavesAloneAndAPurgeRemoves() throws Exception {
    shop.sql("CREATE ROLE reporting");
    Step<Signup, TenantSchema> schema = step(shop.pool);
    Plan<Signup> plan = Plan.of(shop.plan, Signup.class, schema);
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(MemoryStateStore.create())
            .installation("readme")
            .plans(plan)
            .cipher(
                AesGcmCipher.builder("k1", AesGcmCipher.generateKey())
                    .fingerprintKey(AesGcmCipher.generateKey())
                    .build())
            .build()) {
      TenantSchema made = provisioned(engine, plan, schema);
      assertThat(provisioned(engine, plan, schema)).isEqualTo(made);
      assertThat(engine.deprovision(plan, ACME).await(PATIENCE))
          .isInstanceOf(Outcome.Succeeded.class);
      try (Connection retained = shop.login(made)) {
        assertThat(retained.isValid(5)).isTrue();
        assertThat(engine.purge(plan, ACME).await(PATIENCE)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(retained.isValid(5)).isFalse();
      }
      assertThat(shop.query("SELECT 1 FROM pg_roles WHERE oid = " + made.roleOid())).isEmpty();
    }
  }

  private static TenantSchema provisioned(
      ProvisioningEngine engine, Plan<Signup> plan, Step<Signup, TenantSchema> schema)
      throws InterruptedException {
    Outcome outcome = engine.provision(plan, ACME, new Signup(20)).await(PATIENCE);
    assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    return ((Outcome.Succeeded) outcome).output(schema);
  }

  @Test
  void theReadmeShowsIt() throws Exception {
    String here =
        Files.readString(Path.of("src/test/java/dev/provisioner/jdbc/schema/CallSiteTest.java"));
    String callSite =
        here.substring(here.indexOf("TenantSchemas schemas ="), here.indexOf("return schema;"));
    assertThat(squeezed(Files.readString(Path.of("README.md")))).contains(squeezed(callSite));
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }
}
