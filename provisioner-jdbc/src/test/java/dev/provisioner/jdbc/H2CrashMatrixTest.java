package dev.provisioner.jdbc;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.matrix.CrashMatrixContract;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLogs.class)
final class H2CrashMatrixTest implements CrashMatrixContract {
  private final JdbcConnectionPool pool = Pools.h2Memory();

  @Override
  public StateStore openEmpty() throws Exception {
    StateStore store = JdbcStateStore.on(pool).createTables().open();
    Sql.execute(pool, "DELETE FROM provisioner_state");
    return store;
  }

  @Override
  public int every() {
    return 20;
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }
}
