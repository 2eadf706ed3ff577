package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lines jobs up, gives them their turns and hands those over to the scheduler; {@link Lines} says
 * by what rules. Thread-safe, on one node and many.
 */
final class Turns {
  /** How many jobs are lined up in one transaction. */
  static final int AT_ONCE = 500;

  private static final int ATTEMPTS = 20;

  private final Connections connections;
  private final Database database;
  private final Lines lines;
  private final String taskTable;
  private final JdbcCustomization dialect;
  private final TaskNames names;
  private final DatabaseClock clock;

  Turns(
      Connections connections,
      Database database,
      Lines lines,
      String taskTable,
      JdbcCustomization dialect,
      TaskNames names,
      DatabaseClock clock) {
    this.connections = connections;
    this.database = database;
    this.lines = lines;
    this.taskTable = taskTable;
    this.dialect = dialect;
    this.names = names;
    this.clock = clock;
  }

  /** Looks at new jobs whose time has come. Returns how many there were. */
  int lineUp() throws SQLException {
    return inTransaction(
        connection -> {
          List<Lane> lanes = lines.lineUp(connection, AT_ONCE);
          give(connection, lanes);
          return lanes.size();
        });
  }

  /** Looks at lanes after something ended there. */
  void next(Collection<Lane> lanes) throws SQLException {
    inTransaction(connection -> give(connection, lanes));
  }

  /** Gives turns within the caller's transaction. Returns how many. */
  int give(Connection connection, Collection<Lane> lanes) throws SQLException {
    if (lanes.isEmpty()) {
      return 0;
    }
    List<Turn> turns = lines.giveTurns(connection, lanes);
    schedule(connection, turns);
    return turns.size();
  }

  /** Hands jobs over to the scheduler, which does not have them. */
  void schedule(List<Turn> turns) throws SQLException {
    inTransaction(
        connection -> {
          schedule(connection, turns);
          return turns.size();
        });
  }

  private void schedule(Connection connection, List<Turn> turns) {
    if (turns.isEmpty()) {
      return;
    }
    List<SchedulableInstance<?>> tasks = new ArrayList<>();
    for (Turn turn : turns) {
      tasks.add(
          names
              .jobsOf(turn.plan())
              .instance(Long.toString(turn.position()))
              .data(turn.id())
              .priority(turn.priority())
              .scheduledTo(clock.now()));
    }
    SchedulerClient.Builder.create(new OneConnection(connection))
        .tableName(taskTable)
        .serializer(new TextSerializer())
        .jdbcCustomization(dialect)
        .enablePriority()
        .build()
        .scheduleBatch(tasks);
  }

  /** Does some work and commits it, again if another node was in its way. */
  <T> T inTransaction(Connections.Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return connections.call(
            false,
            connection -> {
              T result = work.on(connection);
              connection.commit();
              database.sync(connection);
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
