package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

/** DataSources as hosts have them. */
public final class Pools {
  private Pools() {}

  /** Returns a new database in memory, which is gone when the pool is. */
  static JdbcConnectionPool h2Memory() {
    return JdbcConnectionPool.create(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
  }

  static JdbcConnectionPool h2File(Path directory) {
    return JdbcConnectionPool.create(h2Url(directory), "sa", "");
  }

  static String h2Url(Path directory) {
    return "jdbc:h2:async:" + directory.resolve("state");
  }

  /** Returns a pool of this size, as most hosts have it. */
  public static HikariDataSource hikari(String url, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
