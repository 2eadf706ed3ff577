package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Clock;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/**
 * The database's time, told by this node's clock and how far that was off when it was last asked:
 * so that nodes whose clocks differ agree on what is due and who is silent. Thread-safe.
 */
final class DatabaseClock implements Clock {
  private final Connections connections;
  private final String question;
  private volatile long aheadMillis;

  DatabaseClock(Connections connections, Database database) {
    this.connections = connections;
    this.question = "SELECT " + database.now();
  }

  /** Asks the database for the time. */
  void adjust() throws SQLException {
    aheadMillis = connections.call(true, this::ahead);
  }

  private long ahead(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long asked = System.currentTimeMillis();
      try (ResultSet row = statement.executeQuery(question)) {
        row.next();
        long there = row.getLong(1);
        long answered = System.currentTimeMillis();
        return there - (asked + answered) / 2;
      }
    }
  }

  @Override
  public Instant now() {
    return Instant.ofEpochMilli(System.currentTimeMillis() + aheadMillis);
  }
}
