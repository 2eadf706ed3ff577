package dev.provisioner.jdbc;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import java.nio.file.Path;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class H2FileTest implements StateStoreContract {
  @TempDir Path directory;
  private JdbcConnectionPool pool = Pools.h2Memory();

  @BeforeEach
  void openPool() {
    pool = Pools.h2File(directory);
  }

  @Override
  public StateStore open() {
    return JdbcStateStore.on(pool).createTables().open();
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }
}
