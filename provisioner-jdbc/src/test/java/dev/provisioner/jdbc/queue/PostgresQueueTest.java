package dev.provisioner.jdbc.queue;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.jdbc.Pools;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class PostgresQueueTest implements JobQueueContract {
  private final HikariDataSource pool;

  PostgresQueueTest(Postgres.Server server) throws Exception {
    pool = Pools.hikari(server.newDatabase(), 20);
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @AfterEach
  void closePool() {
    pool.close();
  }
}
