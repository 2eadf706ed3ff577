package dev.provisioner.jdbc.internal;

import java.sql.SQLException;
import java.util.List;

/** What a database's code says about an error, as far as it is known. */
public record SqlState(String code) {
  /** A row that cannot be read; our own use of PostgreSQL's code. */
  public static final String DAMAGED = "XX001";

  /**
   * Of PostgreSQL: features, data, constraints, read-only and failed transactions, conflicts,
   * syntax and rights, resources, limits, states of objects, cancelled queries.
   */
  private static final List<String> ROLLED_BACK =
      List.of("0A", "22", "23", "25", "40001", "40P01", "42", "3F000", "53", "54", "55", "57014");

  /** Returns the code of an error, empty if it has none. */
  public static SqlState of(SQLException e) {
    return new SqlState(e.getSQLState() == null ? "" : e.getSQLState());
  }

  /** Returns whether it is this code. */
  public boolean is(String other) {
    return code.equals(other);
  }

  /** Returns whether it is of this class. */
  public boolean startsWith(String prefix) {
    return code.startsWith(prefix);
  }

  /** A row with this key was there. */
  public boolean isDuplicate() {
    return is("23505");
  }

  /** A table or its schema is missing. */
  public boolean isNoSuchTable() {
    return is("42P01") || is("42S02") || is("42S03") || is("42S04") || isNoSuchSchema();
  }

  /** A schema is missing. */
  public boolean isNoSuchSchema() {
    return is("3F000") || is("90079");
  }

  /**
   * The server itself has refused or undone the statement. Errors of the connection say nothing of
   * what the server did with the statement, nor do unknown ones.
   */
  public boolean isRolledBack() {
    return ROLLED_BACK.stream().anyMatch(code::startsWith);
  }

  /** Two transactions were in each other's way, and this one was rolled back. */
  public boolean isConflict() {
    return is("40001") || is("40P01") || is("HYT00");
  }
}
