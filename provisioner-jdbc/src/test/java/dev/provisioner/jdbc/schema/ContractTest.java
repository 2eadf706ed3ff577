package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.Postgres;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.ProvisionerContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every provisioner does. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class ContractTest implements ProvisionerContract<SchemaSpec, TenantSchema> {
  private final Shop shop;

  ContractTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Override
  public Provisioner<SchemaSpec, TenantSchema> provisioner() {
    return shop.schemas();
  }

  @Override
  public SchemaSpec spec(Tenant<?> tenant) {
    return shop.full(tenant.id().value());
  }

  @Override
  public SchemaSpec changedSpec(Tenant<?> tenant) {
    return SchemaSpec.standard()
        .named("schema of " + tenant.id(), "role of " + tenant.id())
        .rotation(1)
        .sharing(SharedTable.rows("shared", "orders", "tenant", tenant.id().value()).forReading());
  }

  @Override
  public void plant(SchemaSpec spec, String name, @Nullable String marker) throws SQLException {
    shop.sql("CREATE ROLE " + name, "CREATE SCHEMA " + name);
    if (marker != null) {
      shop.sql("COMMENT ON ROLE " + name + " IS '" + marker + "'");
      shop.sql("COMMENT ON SCHEMA " + name + " IS '" + marker + "'");
    }
  }
}
