package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables are made on request, once, by whoever is first; and nothing is done without them. */
final class OpeningTest {

  /** What holds on every database. */
  interface OnAnyDatabase {
    DataSource pool();

    /** What is said of the place of the tables. */
    String place();

    String folder();

    @Test
    default void withoutTablesItSaysWhatMakesThem() {
      assertThatThrownBy(() -> JdbcStateStore.on(pool()).open())
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "The store's tables are not there in the current schema of "
                  + place()
                  + ". Open it with createTables(), or run V1__state.sql, V2__queue.sql,"
                  + " V3__event.sql (in the jar, in"
                  + " dev/provisioner/jdbc/"
                  + folder()
                  + ") with the table prefix 'provisioner_'.");
    }

    @Test
    default void tablesThatWereMadeAreUsedWithoutAskingForThem() {
      JdbcStateStore.on(pool()).createTables().open().close();
      try (StateStore store = JdbcStateStore.on(pool()).open()) {
        assertThat(store.write(Sample.key("acme"), null, Sample.document("x"))).isPresent();
      }
    }

    @Test
    default void manyNodesMayMakeTheTablesAtOnce() throws Exception {
      int nodes = 4;
      CyclicBarrier start = new CyclicBarrier(nodes);
      ExecutorService threads = Executors.newFixedThreadPool(nodes);
      try {
        for (int round = 0; round < 5; round++) {
          JdbcStateStoreBuilder builder = JdbcStateStore.on(pool()).tablePrefix("r" + round + "_");
          List<Future<StateStore>> opened = new ArrayList<>();
          for (int i = 0; i < nodes; i++) {
            opened.add(
                threads.submit(
                    () -> {
                      start.await(60, TimeUnit.SECONDS);
                      return builder.createTables().open();
                    }));
          }
          for (Future<StateStore> store : opened) {
            store.get().close();
          }
          assertThat(Sql.query(pool(), "SELECT version FROM r" + round + "_schema_version"))
              .containsExactly("1", "2", "3");
        }
      } finally {
        threads.shutdownNow();
      }
    }

    @Test
    default void tablesOfTheReleaseBeforeAreBroughtUpToDateAndItsStateIsKept() throws Exception {
      DocumentKey key = Sample.key("acme");
      try (StateStore store = JdbcStateStore.on(pool()).createTables().open()) {
        assertThat(store.write(key, null, Sample.document("x"))).isPresent();
      }
      Sql.execute(pool(), "DROP TABLE provisioner_event");
      Sql.execute(pool(), "DELETE FROM provisioner_schema_version WHERE version = 3");
      assertThatThrownBy(() -> JdbcStateStore.on(pool()).open())
          .hasMessageContaining("are at version 2 in")
          .hasMessageContaining("or run V3__event.sql (");
      try (StateStore store = JdbcStateStore.on(pool()).createTables().open()) {
        assertThat(store.read(key)).isPresent();
      }
      assertThat(Sql.query(pool(), "SELECT count(*) FROM provisioner_event")).containsExactly("0");
      assertThat(Sql.query(pool(), "SELECT max(needs) FROM provisioner_schema_version"))
          .as("the release before may go on beside it")
          .containsExactly("1");
    }

    @Test
    default void tablesOfALaterReleaseAreRefusedIfTheyNeedIt() throws Exception {
      JdbcStateStore.on(pool()).createTables().open().close();
      Sql.execute(pool(), "INSERT INTO provisioner_schema_version (version, needs) VALUES (4, 1)");
      JdbcStateStore.on(pool()).createTables().open().close();
      Sql.execute(pool(), "INSERT INTO provisioner_schema_version (version, needs) VALUES (5, 4)");
      assertThatThrownBy(() -> JdbcStateStore.on(pool()).createTables().open())
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "The store's tables in the current schema of "
                  + place()
                  + " are at version 5, which needs a release that knows version 4; this one knows"
                  + " 3. Use the release that migrated them, or a later one.");
    }

    @Test
    default void storesOfSeveralPrefixesAndSchemasAreKeptApart() throws Exception {
      Sql.execute(pool(), "CREATE SCHEMA \"Strange \"\"schema\"\"; --\"");
      List<JdbcStateStoreBuilder> builders =
          List.of(
              JdbcStateStore.on(pool()),
              JdbcStateStore.on(pool()).tablePrefix("other_"),
              JdbcStateStore.on(pool()).schema("Strange \"schema\"; --"),
              JdbcStateStore.on(pool()).schema("Strange \"schema\"; --").tablePrefix("other_"));
      for (JdbcStateStoreBuilder builder : builders) {
        try (StateStore store = builder.createTables().open()) {
          assertThat(store.write(Sample.key("acme"), null, Sample.document("x"))).isPresent();
        }
      }
      assertThat(Sql.query(pool(), "SELECT count(*) FROM provisioner_state")).containsExactly("1");
      assertThat(Sql.query(pool(), "SELECT count(*) FROM other_state")).containsExactly("1");
    }

    @Test
    default void aSchemaThatIsNotThereIsNotMade() {
      assertThatThrownBy(() -> JdbcStateStore.on(pool()).schema("nowhere").createTables().open())
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "There is no schema 'nowhere' of "
                  + place()
                  + ". Create the schema, or name another.");
    }
  }

  @Nested
  final class OnH2 implements OnAnyDatabase {
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private final JdbcConnectionPool pool =
        JdbcConnectionPool.create(url + ";DB_CLOSE_DELAY=-1", "sa", "");

    @Override
    public DataSource pool() {
      return pool;
    }

    @Override
    public String place() {
      return "the H2 database " + url;
    }

    @Override
    public String folder() {
      return "db/h2/";
    }

    @Test
    void tablesThatAreHalfMadeAreCompleted() throws SQLException {
      JdbcStateStore.on(pool).createTables().open().close();
      Sql.execute(pool, "DROP INDEX provisioner_state_due");
      Sql.execute(pool, "DELETE FROM provisioner_schema_version");
      JdbcStateStore.on(pool).createTables().open().close();
      Sql.execute(pool, "DROP INDEX provisioner_state_due"); // is there again
      Sql.execute(pool, "DROP TABLE provisioner_schema_version");
      JdbcStateStore.on(pool).createTables().open().close();
    }

    @AfterEach
    void close() {
      pool.dispose();
    }
  }

  @Nested
  @RequiresPart(RealPart.POSTGRESQL)
  @ExtendWith(Postgres.class)
  final class OnPostgres implements OnAnyDatabase {
    private final String url;
    private final HikariDataSource pool;

    OnPostgres(Postgres.Server server) throws SQLException {
      url = server.newDatabase();
      pool = Pools.hikari(url, 5);
    }

    @Override
    public DataSource pool() {
      return pool;
    }

    @Override
    public String place() {
      return "the PostgreSQL database " + url.split("\\?", 2)[0];
    }

    @Override
    public String folder() {
      return "db/postgresql/";
    }

    @Test
    void aDatabaseInAnotherEncodingIsRefused() throws SQLException {
      Sql.execute(
          pool,
          "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
      String latin = url.replaceFirst("/[^/?]*\\?", "/latin?");
      try (HikariDataSource other = Pools.hikari(latin, 1)) {
        assertThatThrownBy(() -> JdbcStateStore.on(other).createTables().open())
            .hasMessage(
                "State needs a database in UTF8, not LATIN1: it could not hold every tenant's id.");
      } finally {
        Sql.execute(pool, "DROP DATABASE latin");
      }
    }

    @AfterEach
    void close() {
      pool.close();
    }
  }

  @Test
  void aDataSourceThatJoinsTheCallersTransactionIsRefused() {
    DataSource joining = new TransactionAwareDataSourceProxy();
    assertThatThrownBy(() -> JdbcStateStore.on(joining))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "State must not vanish with the caller's transaction: give the DataSource behind the"
                + " TransactionAwareDataSourceProxy.");
  }

  /** Named as Spring's. */
  private static final class TransactionAwareDataSourceProxy extends HikariDataSource {}

  @Test
  void settingsThatCannotBeAreRefused() {
    JdbcConnectionPool pool = Pools.h2Memory();
    try {
      JdbcStateStoreBuilder builder = JdbcStateStore.on(pool);
      for (String prefix : List.of("", "A_", "1_", "x-", "x;drop", "x".repeat(32))) {
        assertThatThrownBy(() -> builder.tablePrefix(prefix))
            .isInstanceOf(IllegalArgumentException.class);
      }
      for (String schema : List.of("", "x\u0000", "\u00fc".repeat(32))) {
        assertThatThrownBy(() -> builder.schema(schema))
            .isInstanceOf(IllegalArgumentException.class);
      }
      for (Duration timeout :
          List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofMinutes(61))) {
        assertThatThrownBy(() -> builder.queryTimeout(timeout))
            .isInstanceOf(IllegalArgumentException.class);
      }
    } finally {
      pool.dispose();
    }
  }
}
