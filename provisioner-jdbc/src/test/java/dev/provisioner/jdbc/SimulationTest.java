package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import dev.provisioner.testkit.simulation.Simulation;
import dev.provisioner.testkit.simulation.SimulationFailure;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Engines keep what they promise on a database, in every world tried. */
@ExtendWith({Postgres.class, QuietLogs.class})
final class SimulationTest {
  private static final int WORLDS = Integer.getInteger("simulation.worlds", 300);

  @Test
  void everyRuleHoldsOnH2() {
    JdbcConnectionPool pool = Pools.h2Memory();
    try {
      runWorlds(pool, 1, WORLDS);
    } finally {
      pool.dispose();
    }
  }

  @Test
  @RequiresPart(RealPart.POSTGRESQL)
  void everyRuleHoldsOnPostgres(Postgres.Server server) throws SQLException {
    try (HikariDataSource pool = Pools.hikari(server.newDatabase(), 2)) {
      runWorlds(pool, 1_001, 1_000 + WORLDS / 10);
    }
  }

  private static void runWorlds(DataSource pool, long first, long last) {
    Simulation simulation = Simulation.on(() -> openEmpty(pool));
    for (long seed = first; seed <= last; seed++) {
      Optional<SimulationFailure> failure = simulation.run(seed);
      assertThat(failure)
          .as(() -> failure.map(simulation::shrink).map(Object::toString).orElse(""))
          .isEmpty();
    }
  }

  private static StateStore openEmpty(DataSource pool) {
    StateStore store = JdbcStateStore.on(pool).createTables().open();
    try {
      Sql.execute(pool, "DELETE FROM provisioner_state");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return store;
  }
}
