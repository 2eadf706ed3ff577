package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.AfterEach;
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

  @AfterEach
  void closePool() {
    pool.close();
  }
}
