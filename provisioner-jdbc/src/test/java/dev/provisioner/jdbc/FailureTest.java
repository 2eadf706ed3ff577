package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is said of failures is true: of each write whether it has not happened, or may have. */
@ExtendWith(QuietLogs.class)
final class FailureTest {
  private static final DocumentKey ACME = Sample.key("acme");

  private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create(url + ";DB_CLOSE_DELAY=-1", "sa", "");
  private final FaultyPool faulty = new FaultyPool(pool);

  @AfterEach
  void closePool() {
    pool.dispose();
  }

  @Test
  void aCommitWithoutAnswerMayHaveHappened() {
    for (boolean happens : new boolean[] {true, false}) {
      try (StateStore store = JdbcStateStore.on(faulty.dataSource()).createTables().open()) {
        String revision = store.read(ACME).map(StateStore.Versioned::revision).orElse(null);
        faulty.failNext("Connection.commit", happens);
        assertThatThrownBy(() -> store.write(ACME, revision, Sample.document("" + happens)))
            .isInstanceOf(StateStoreException.class)
            .hasMessage(
                "Cannot write the state of shop-eu/onboarding/acme in the H2 database "
                    + url
                    + ": cut (SQLState 08006). It may or may not have been written: read it again"
                    + " before anything else. See that the database is up, reachable and writable,"
                    + " and try again.");
        assertThat(store.read(ACME)).hasValueSatisfying(read -> is(read, "true"));
      }
    }
  }

  private static void is(StateStore.Versioned read, String text) {
    assertThat(Sample.text(read)).isEqualTo(text);
  }

  @Test
  void whatFailsBeforeTheCommitHasNotHappened() {
    try (StateStore store = JdbcStateStore.on(faulty.dataSource()).createTables().open()) {
      for (String call :
          new String[] {
            "DataSource.getConnection",
            "Connection.prepareStatement",
            "PreparedStatement.executeUpdate"
          }) {
        faulty.failNext(call, call.equals("PreparedStatement.executeUpdate"));
        assertThatThrownBy(() -> store.write(ACME, null, Sample.document("x")))
            .isInstanceOf(StateStoreException.class)
            .hasMessage(
                "Cannot write the state of shop-eu/onboarding/acme in the H2 database "
                    + url
                    + ": cut (SQLState 08006). Nothing was written; what was recorded before"
                    + " stands. See that the database is up, reachable and writable, and try"
                    + " again.");
        assertThat(store.read(ACME)).isEmpty();
      }
    }
  }

  @Test
  void givingBackThatFailsDoesNotChangeTheAnswer() {
    try (StateStore store = JdbcStateStore.on(faulty.dataSource()).createTables().open()) {
      faulty.failNext("Connection.close", true);
      assertThat(store.write(ACME, null, Sample.document("x"))).isPresent();
      faulty.failNext("Connection.rollback", true);
      assertThat(store.write(Sample.key("other"), null, Sample.document("x"))).isPresent();
    }
  }

  @Test
  void readsSayWhatTheyWere() {
    try (StateStore store = JdbcStateStore.on(faulty.dataSource()).createTables().open()) {
      String rest =
          " in the H2 database "
              + url
              + ": cut (SQLState 08006). Nothing was changed. See that the database is up,"
              + " reachable and writable, and try again.";
      faulty.failNext("PreparedStatement.executeQuery", false);
      assertThatThrownBy(() -> store.read(ACME))
          .hasMessage("Cannot read the state of shop-eu/onboarding/acme" + rest);
      faulty.failNext("PreparedStatement.executeQuery", false);
      assertThatThrownBy(() -> store.due("shop-eu", Sample.NOON, 1))
          .hasMessage("Cannot look for documents of 'shop-eu' that are due" + rest);
      faulty.failNext("PreparedStatement.executeQuery", false);
      assertThatThrownBy(() -> store.list(StateStore.Query.all("shop-eu"), null, 1))
          .hasMessage("Cannot list the documents of 'shop-eu'" + rest);
    }
  }

  @Test
  void aRowThatCannotBeReadIsToldAndHidesNoOther() throws SQLException {
    try (StateStore store = JdbcStateStore.on(pool).createTables().open()) {
      assertThat(store.write(ACME, null, Sample.document("x"))).isPresent();
      Sql.execute(pool, "UPDATE provisioner_state SET lifecycle = 'FUTURE'");
      String rest =
          " in the H2 database "
              + url
              + ": the row of shop-eu/onboarding/acme cannot be read: No enum constant"
              + " dev.provisioner.state.Summary.Lifecycle.FUTURE (SQLState XX001). Nothing was"
              + " changed. It was left as it is; no other tenant is affected. Use the release that"
              + " wrote it, or restore the row from a backup.";
      assertThatThrownBy(() -> store.read(ACME))
          .isInstanceOf(StateStoreException.class)
          .hasMessage("Cannot read the state of shop-eu/onboarding/acme" + rest);
      assertThatThrownBy(() -> store.list(StateStore.Query.all("shop-eu"), null, 1))
          .hasMessage("Cannot list the documents of 'shop-eu'" + rest);
      assertThatThrownBy(() -> store.due("shop-eu", Sample.NOON, 10))
          .hasMessage("Cannot look for documents of 'shop-eu' that are due" + rest);
      DocumentKey other = Sample.key("other");
      assertThat(store.write(other, null, Sample.document("x"))).isPresent();
      assertThat(store.due("shop-eu", Sample.NOON, 10))
          .extracting(StateStore.Listed::key)
          .containsExactly(other);
    }
  }

  @Test
  void aDocumentTooLargeForH2IsRefusedAlone() {
    try (StateStore store = JdbcStateStore.on(pool).createTables().open()) {
      assertThatThrownBy(() -> store.write(ACME, null, Sample.document(new byte[(1 << 20) + 1])))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("Nothing was written")
          .hasMessageEndingWith(
              "The document does not fit into its row: H2 keeps at most 1,048,576 bytes.");
    }
  }

  @Test
  void aDatabaseThatIsNotThereIsNotOpened() {
    pool.dispose();
    assertThatThrownBy(() -> JdbcStateStore.on(pool).open())
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "Cannot open the state store: the DataSource gave no connection:"
                + " java.lang.IllegalStateException: Connection pool has been disposed. No state"
                + " was changed. See that the database is up, reachable and writable, and try"
                + " again.");
  }

  @Test
  void aKeyTheDatabaseCannotHoldIsRefused() {
    try (StateStore store = JdbcStateStore.on(pool).createTables().open()) {
      for (String name : new String[] {"x\u0000", "\ud800", "\u00fc".repeat(257)}) {
        DocumentKey key = new DocumentKey("shop-eu", name, ACME.tenant());
        assertThatThrownBy(() -> store.write(key, null, Sample.document("x")))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.due(name, Sample.NOON, 1))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void anInterruptEndsNoWaitForAConnection() throws Exception {
    try (HikariDataSource one = Pools.hikari(url + ";DB_CLOSE_DELAY=-1;USER=sa", 1);
        StateStore store = JdbcStateStore.on(one).createTables().open()) {
      FutureTask<Boolean> write =
          new FutureTask<>(
              () ->
                  store.write(ACME, null, Sample.document("x")).isPresent()
                      && Thread.currentThread().isInterrupted());
      Thread writer = new Thread(write);
      try (Connection taken = one.getConnection()) {
        writer.start();
        while (one.getHikariPoolMXBean().getThreadsAwaitingConnection() == 0) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        writer.interrupt();
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(write.isDone()).isFalse();
      }
      assertThat(write.get()).as("written, and the flag kept").isTrue();
    }
  }

  @Test
  void anInterruptIsPutAsideFromTheDriverAndKept() {
    try (StateStore store = JdbcStateStore.on(faulty.dataSource()).createTables().open()) {
      Thread.currentThread().interrupt();
      assertThat(store.write(ACME, null, Sample.document("x"))).isPresent();
      assertThat(store.read(ACME)).isPresent();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(faulty.sawInterrupt()).isFalse();
    }
  }

  @Test
  void connectionsAreGivenBackAsTheyWere() throws SQLException {
    callsLeaveNoTrace(pool);
  }

  @Test
  @RequiresPart(RealPart.POSTGRESQL)
  @ExtendWith(Postgres.class)
  void connectionsOfPostgresAreGivenBackAsTheyWere(Postgres.Server server) throws SQLException {
    try (HikariDataSource one = Pools.hikari(server.newDatabase(), 1)) {
      callsLeaveNoTrace(one);
    }
  }

  /** On one connection that nobody but the store gives back. */
  private static void callsLeaveNoTrace(DataSource from) throws SQLException {
    try (Connection connection = from.getConnection()) {
      DataSource lending = OneConnection.of(connection);
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        connection.setNetworkTimeout(Runnable::run, 0);
        try (StateStore store = JdbcStateStore.on(lending).createTables().open()) {
          DocumentKey key = Sample.key("of " + autoCommit);
          assertThat(store.write(key, null, Sample.document("x"))).isPresent();
          assertThat(store.read(key)).isPresent();
          assertThat(store.due("shop-eu", Sample.NOON, 10)).isNotEmpty();
        }
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat(connection.getNetworkTimeout()).isZero();
      }
    }
  }

  @Test
  @RequiresPart(RealPart.POSTGRESQL)
  @ExtendWith(Postgres.class)
  void aStatementOfPostgresWithoutAnswerMayHaveHappened(Postgres.Server server)
      throws SQLException {
    try (HikariDataSource real = Pools.hikari(server.newDatabase(), 1)) {
      FaultyPool cut = new FaultyPool(real);
      try (StateStore store = JdbcStateStore.on(cut.dataSource()).createTables().open()) {
        cut.failNext("PreparedStatement.executeQuery", true);
        assertThatThrownBy(() -> store.write(ACME, null, Sample.document("x")))
            .isInstanceOf(StateStoreException.class)
            .hasMessageContaining("It may or may not have been written");
        assertThat(store.read(ACME)).isPresent();
        cut.failNext("Connection.prepareStatement", true);
        assertThatThrownBy(() -> store.write(Sample.key("b"), null, Sample.document("x")))
            .isInstanceOf(StateStoreException.class);
        Sql.execute(real, "ALTER TABLE provisioner_state ADD CHECK (tenant <> 'refused')");
        assertThatThrownBy(() -> store.write(Sample.key("refused"), null, Sample.document("x")))
            .isInstanceOf(StateStoreException.class)
            .hasMessageContaining("(SQLState 23514). Nothing was written");
      }
    }
  }
}
