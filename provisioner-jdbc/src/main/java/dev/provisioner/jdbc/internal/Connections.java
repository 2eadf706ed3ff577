package dev.provisioner.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Borrows connections from the host, one for each call, and gives them back as they were. An
 * interrupt does not end a call: some drivers would drop the connection, or the database, on it. It
 * is put aside and set again afterwards.
 */
public final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger("dev.provisioner.jdbc");

  /** A server that is there ends a statement by itself; this is for one that is not. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final DataSource dataSource;
  private final Duration timeout;

  /** Creates it; {@code timeout} is how long a server that is there may take over a statement. */
  public Connections(DataSource dataSource, Duration timeout) {
    this.dataSource = dataSource;
    this.timeout = timeout;
  }

  /** Returns how long a statement may take. */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Refuses a DataSource whose connections take part in the caller's transaction.
   *
   * @param why begins the message
   */
  public static void requireIndependent(DataSource dataSource, String why) {
    for (Class<?> type = dataSource.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getSimpleName().equals("TransactionAwareDataSourceProxy")) {
        throw new IllegalArgumentException(
            why + ": give the DataSource behind the " + type.getSimpleName() + ".");
      }
    }
  }

  /** Does some work on a connection; what it has not committed is rolled back. */
  public <T> T call(boolean autoCommit, Work<T> work) throws SQLException {
    boolean interrupted = Thread.interrupted();
    try {
      Connection connection = borrow();
      interrupted |= Thread.interrupted();
      try {
        return use(connection, autoCommit, work);
      } finally {
        quietly("close", connection::close);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for a connection as long as the pool does, once more if an interrupt ends that. */
  private Connection borrow() throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return dataSource.getConnection();
        } catch (SQLException e) {
          if (!(e.getCause() instanceof InterruptedException)) {
            throw e;
          }
          interrupted = true;
        } catch (RuntimeException e) {
          throw new SQLException("the DataSource gave no connection: " + e, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T use(Connection connection, boolean autoCommit, Work<T> work) throws SQLException {
    boolean commitsBefore = connection.getAutoCommit();
    int patienceBefore = limitPatience(connection);
    try {
      if (commitsBefore != autoCommit) {
        connection.setAutoCommit(autoCommit);
      }
      return work.on(connection);
    } finally {
      if (!autoCommit) {
        quietly("roll back", connection::rollback); // what was committed stays
      }
      if (commitsBefore != autoCommit) {
        quietly("restore", () -> connection.setAutoCommit(commitsBefore));
      }
      if (patienceBefore >= 0) {
        restorePatience(connection, patienceBefore);
      }
    }
  }

  /** Limits how long the driver waits for an answer; returns what it was, or -1. */
  int limitPatience(Connection connection) throws SQLException {
    try {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, (int) timeout.plus(GRACE).toMillis());
      return before;
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }

  static void restorePatience(Connection connection, int before) {
    quietly("restore", () -> connection.setNetworkTimeout(Runnable::run, before));
  }

  /** Does what cannot change the outcome any more. */
  static void quietly(String what, Cleanup cleanup) {
    try {
      cleanup.run();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("Could not {} a connection, which is harmless.", what, e);
    }
  }

  /** Work on a connection. */
  public interface Work<T> {
    /** Does it. */
    T on(Connection connection) throws SQLException;
  }

  /** Puts something back. */
  public interface Cleanup {
    /** Does it. */
    void run() throws SQLException;
  }
}
