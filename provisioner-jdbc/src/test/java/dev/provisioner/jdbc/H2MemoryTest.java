package dev.provisioner.jdbc;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;

final class H2MemoryTest implements StateStoreContract {
  private final JdbcConnectionPool pool = Pools.h2Memory();

  @Override
  public StateStore open() {
    return JdbcStateStore.on(pool).createTables().open();
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }
}
