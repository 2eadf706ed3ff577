package dev.provisioner.jdbc.queue;

import dev.provisioner.jdbc.Pools;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class H2QueueTest implements JobQueueContract {
  @TempDir Path directory;
  private JdbcConnectionPool pool = Pools.h2Memory();

  @BeforeEach
  void openPool() {
    pool = Pools.h2File(directory);
    pool.setMaxConnections(50);
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }
}
