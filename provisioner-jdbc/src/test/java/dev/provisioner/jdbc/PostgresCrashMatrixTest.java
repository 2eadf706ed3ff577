package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.matrix.CrashMatrixContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith({Postgres.class, QuietLogs.class})
final class PostgresCrashMatrixTest implements CrashMatrixContract {
  private final HikariDataSource pool;

  PostgresCrashMatrixTest(Postgres.Server server) throws Exception {
    pool = Pools.hikari(server.newDatabase(), 2);
  }

  @Override
  public StateStore openEmpty() throws Exception {
    StateStore store = JdbcStateStore.on(pool).createTables().open();
    Sql.execute(pool, "DELETE FROM provisioner_state");
    return store;
  }

  @AfterEach
  void closePool() {
    pool.close();
  }
}
