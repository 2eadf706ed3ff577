package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool of one connection that neither commits by itself nor leaves transactions to overlap. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class OddPoolTest implements StateStoreContract {
  private final HikariDataSource pool;
  private final HikariDataSource other;

  OddPoolTest(Postgres.Server server) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.newDatabase());
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    pool = new HikariDataSource(config);
    other = new HikariDataSource(config);
  }

  private int opened;

  @Override
  public StateStore open() {
    return JdbcStateStore.on(opened++ % 2 == 0 ? pool : other).createTables().open();
  }

  @AfterEach
  void closePools() {
    pool.close();
    other.close();
  }
}
