package dev.provisioner.jdbc.queue;

import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.SqlState;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has jobs lined up and given their turns, in transactions of its own. Thread-safe, on one node and
 * many.
 */
final class Turns {
  /** How many jobs are lined up in one transaction. */
  static final int AT_ONCE = 500;

  private static final int ATTEMPTS = 20;

  private final Connections connections;
  private final Database database;
  private final Lines lines;

  Turns(Connections connections, Database database, Lines lines) {
    this.connections = connections;
    this.database = database;
    this.lines = lines;
  }

  /** Submits jobs, except those whose ids are there. */
  void submit(List<Submission> submissions) throws SQLException {
    inTransaction(
        connection -> {
          lines.insert(connection, submissions);
          return submissions.size();
        });
  }

  /** Looks at new jobs whose time has come. Returns how many there were. */
  int lineUp() throws SQLException {
    return inTransaction(connection -> lines.lineUp(connection, AT_ONCE));
  }

  /** Looks at lanes after something ended there. */
  void next(Collection<Lane> lanes) throws SQLException {
    inTransaction(
        connection -> {
          lines.giveTurns(connection, lanes);
          return lanes.size();
        });
  }

  /** Does some work and commits it, again if another node was in its way. */
  private <T> T inTransaction(Connections.Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return connections.call(
            database.autoCommits(),
            connection -> {
              T result = work.on(connection);
              if (!database.autoCommits()) {
                database.commit(connection);
              }
              return result;
            });
      } catch (SQLException e) {
        SqlState state = SqlState.of(e);
        if (attempt == ATTEMPTS || !(state.isConflict() || state.isDuplicate())) {
          throw e;
        }
        LockSupport.parkNanos(
            TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(1, 10 * attempt)));
      }
    }
  }
}
