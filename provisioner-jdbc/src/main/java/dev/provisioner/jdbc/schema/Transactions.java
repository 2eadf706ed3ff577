package dev.provisioner.jdbc.schema;

import dev.provisioner.error.TransientException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.spi.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Runs transactions on the host's connections. Thread-safe. */
final class Transactions {
  private final Connections connections;
  private final Duration lockTimeout;
  private final Duration statementTimeout;

  Transactions(DataSource dataSource, Duration lockTimeout, Duration statementTimeout) {
    this.connections = new Connections(dataSource, statementTimeout);
    this.lockTimeout = lockTimeout;
    this.statementTimeout = statementTimeout;
  }

  /** Work in a transaction. */
  interface Work<T> {
    T in(Transaction transaction) throws SQLException;
  }

  /** Does some work and rolls back. */
  <T> T look(Attempt attempt, Failures failures, Work<T> work) throws SQLException {
    return connections.call(false, connection -> work.in(begin(connection, attempt, failures)));
  }

  /** Does some work and commits it, or throws what came of it. */
  <T> T change(Attempt attempt, Failures failures, Work<T> work) {
    try {
      return connections.call(
          false,
          connection -> {
            T result = work.in(begin(connection, attempt, failures));
            requireTime(attempt, failures);
            commit(connection, failures);
            return result;
          });
    } catch (SQLException e) {
      throw failures.of(e);
    }
  }

  private Transaction begin(Connection connection, Attempt attempt, Failures failures)
      throws SQLException {
    requireTime(attempt, failures);
    Duration left = attempt.remaining();
    return Transaction.begin(
        connection,
        attempt.marker().text(),
        shorter(lockTimeout, left),
        shorter(statementTimeout, left),
        failures);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** A call that ends late must not change what another engine may be looking at. */
  private static void requireTime(Attempt attempt, Failures failures) {
    if (attempt.cancelled()) {
      throw new TransientException(
          "Cannot "
              + failures.doing()
              + ": the time for the call is over, or it was cancelled. "
              + failures.stands());
    }
  }

  private static void commit(Connection connection, Failures failures) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlState.of(e).isRolledBack()) {
        throw e;
      }
      throw failures.inDoubt(e);
    } catch (RuntimeException e) { // of a driver or a pool
      throw failures.inDoubt(e);
    }
  }
}
