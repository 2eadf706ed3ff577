package dev.provisioner.jdbc;

import dev.provisioner.jdbc.Write.Outcome;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.SqlState;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes, and tries again as long as certainly nothing was written and it is worth it. */
final class Writer {
  private final GroupCommit group;
  private final Failures failures;
  private final long patienceNanos;

  Writer(Connections connections, Database database, Failures failures) {
    this.failures = failures;
    patienceNanos = connections.timeout().toNanos();
    group =
        new GroupCommit(
            writes ->
                connections.call(
                    database.autoCommits(), connection -> database.write(connection, writes)),
            patienceNanos);
  }

  Outcome write(Write write) {
    long begun = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      SQLException failure = null;
      try {
        Outcome outcome = group.write(write);
        if (outcome != Outcome.BUSY) {
          return outcome;
        }
      } catch (SQLException e) {
        failure = e;
      }
      boolean again = failure == null || worthTryingAgain(failure);
      if (!again || System.nanoTime() - begun > patienceNanos) {
        throw failures.cannotWrite(write, failure == null ? locked() : failure);
      }
      pause(attempt);
    }
  }

  private static boolean worthTryingAgain(SQLException e) {
    return !(e instanceof InDoubtException) && SqlState.of(e).isConflict();
  }

  private static SQLException locked() {
    return new SQLException("another transaction has locked the row", "55P03");
  }

  /** Longer each time, and never as long as somebody else who is trying the same. */
  private static void pause(int attempt) {
    long longest = TimeUnit.MILLISECONDS.toNanos(1L << Math.min(attempt, 6));
    boolean interrupted = Thread.interrupted(); // which would end the pause
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest / 4, longest));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
