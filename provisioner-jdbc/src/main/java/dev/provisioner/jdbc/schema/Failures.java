package dev.provisioner.jdbc.schema;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.TransientException;
import dev.provisioner.jdbc.internal.SqlState;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says of a transaction that failed what it was, what stands, and what to do. By PostgreSQL's codes
 * (<a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">appendix A</a>).
 *
 * @param doing continues "Cannot "
 * @param stands what stands now, a sentence
 */
record Failures(String doing, String stands) {
  private static final int LONGEST_REASON = 800;

  /**
   * Connections, conflicts, resources, locks, cancelled statements, servers that shut down, start
   * or have become a standby; and XX000, which the server gives when two transactions change the
   * same catalog row at once.
   */
  private static final List<String> PASSING =
      List.of("08", "40", "53", "55P03", "55006", "57", "25006", "XX000");

  /** Another creator was quicker: a name that was free is taken. */
  private static final List<String> TAKEN = List.of("23505", "42710", "42P06");

  /** Returns the exception for a transaction that was not committed. */
  ProvisioningException of(SQLException e) {
    SqlState state = SqlState.of(e);
    if (any(TAKEN, state)) {
      return new TransientException(
          message(e, "Somebody made the same at this moment; the next attempt sees whose it is."),
          e);
    }
    if (state.code().isEmpty() || any(PASSING, state)) {
      return new TransientException(message(e, passingAdvice(state)), e);
    }
    return new PermanentException(message(e, permanentAdvice(state)), e);
  }

  /** Returns the exception for a commit of which nobody knows whether it took effect. */
  AmbiguousException inDoubt(Exception e) {
    return new AmbiguousException(
        "The connection failed while it was committing to "
            + doing
            + ": "
            + reason(e)
            + ". It may or may not have happened; the next attempt looks.",
        e);
  }

  /**
   * Returns the exception for a statement that the admin user may not execute.
   *
   * @param remedy the SQL that gives the right
   */
  PermanentException missingRight(SQLException e, String remedy) {
    return new PermanentException(
        message(e, "Let somebody who may run: " + remedy + "; then resume the run."), e);
  }

  private String message(SQLException e, String advice) {
    return "Cannot " + doing + ": " + reason(e) + code(e) + ". " + stands + " " + advice;
  }

  private static String passingAdvice(SqlState state) {
    if (state.is("55P03") || state.is("57014")) {
      return "Another transaction holds a lock on it, or it takes longer than the time-out: look for"
          + " long transactions, or raise timeouts(...).";
    }
    if (state.is("53200")) {
      return "If the schema has very many tables, raise the server's max_locks_per_transaction.";
    }
    if (state.is("25006")) {
      return "The server or the user is read-only; the DataSource must lead to the primary.";
    }
    return "See that the database is up and reachable.";
  }

  private static String permanentAdvice(SqlState state) {
    if (state.is("42501")) {
      return "The README of provisioner-jdbc lists the rights that the admin user needs.";
    }
    if (state.is("2BP01")) {
      return "Remove what depends on it, or give it to somebody else, and resume the run.";
    }
    return "Change what it says, and resume the run.";
  }

  private static boolean any(List<String> prefixes, SqlState state) {
    return prefixes.stream().anyMatch(state::startsWith);
  }

  private static String code(SQLException e) {
    return e.getSQLState() == null ? "" : " (SQLState " + e.getSQLState() + ")";
  }

  private static String reason(Exception e) {
    String text =
        String.valueOf(e.getMessage())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(Collectors.joining("; "));
    String cut = text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
    return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
  }
}
