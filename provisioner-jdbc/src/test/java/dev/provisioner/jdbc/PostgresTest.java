package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class PostgresTest implements StateStoreContract {
  private final HikariDataSource pool;

  PostgresTest(Postgres.Server server) throws Exception {
    pool = Pools.hikari(server.newDatabase(), 4);
  }

  @Override
  public StateStore open() {
    return JdbcStateStore.on(pool).createTables().open();
  }

  @Test
  void noPlanIsRememberedFromWhenTheTableWasSmall() throws Exception {
    try (HikariDataSource one = Pools.hikari(pool.getJdbcUrl(), 1);
        StateStore store = JdbcStateStore.on(one).createTables().open()) {
      String version = Sql.query(one, "SHOW server_version_num").get(0);
      assumeTrue(Integer.parseInt(version) >= 140_000, "PostgreSQL 13 does not count plans");
      for (int i = 0; i < 20; i++) {
        assertThat(store.write(Sample.key("t" + i), null, Sample.document("x"))).isPresent();
      }
      String plans = " FROM pg_prepared_statements WHERE statement LIKE 'WITH given%'";
      assertThat(Sql.query(one, "SELECT generic_plans" + plans)).containsExactly("0");
      assertThat(Sql.query(one, "SELECT custom_plans > 10" + plans)).containsExactly("t");
    }
  }

  @AfterEach
  void closePool() {
    pool.close();
  }
}
