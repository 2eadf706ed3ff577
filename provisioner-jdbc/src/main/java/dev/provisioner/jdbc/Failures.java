package dev.provisioner.jdbc;

import dev.provisioner.error.StateStoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Says of a call that failed what it was, where, what stands, and what to do. */
final class Failures {
  private static final String IN_DOUBT =
      "It may or may not have been written: read it again before anything else.";
  private static final String NOT_WRITTEN = "Nothing was written; what was recorded before stands.";

  private final String database;
  private final String url;

  Failures(Database database, @Nullable String url) {
    this.database = database.name();
    this.url = url == null ? "of an unknown address" : withoutOptions(url);
  }

  /** Passwords may stand among the options of an address. */
  private static String withoutOptions(String url) {
    return url.split("[?;]", 2)[0];
  }

  /** Names the database for people. */
  String place() {
    return "the " + database + " database " + url;
  }

  static StateStoreException cannotOpen(SQLException e) {
    return new StateStoreException(
        "Cannot open the state store: "
            + reason(e)
            + ". No state was changed. "
            + advice(SqlState.of(e)),
        e);
  }

  /**
   * Returns the exception for a call that changes nothing.
   *
   * @param attempted continues "Cannot "
   */
  StateStoreException cannot(String attempted, SQLException e) {
    return cannot(attempted, "Nothing was changed.", e);
  }

  /** Returns the exception for a write. */
  StateStoreException cannotWrite(Write write, SQLException e) {
    String stands = e instanceof InDoubtException ? IN_DOUBT : NOT_WRITTEN;
    return cannot("write the state of " + write.key(), stands, e);
  }

  /** Returns the exception for a call of which this stands. */
  StateStoreException cannot(String attempted, String stands, SQLException e) {
    return new StateStoreException(
        "Cannot "
            + attempted
            + " in "
            + place()
            + ": "
            + reason(e)
            + ". "
            + stands
            + " "
            + advice(SqlState.of(e)),
        e);
  }

  private static String reason(SQLException e) {
    String message = String.valueOf(e.getMessage()).strip();
    String line = message.lines().findFirst().orElse("");
    String sentence = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    return e.getSQLState() == null ? sentence : sentence + " (SQLState " + e.getSQLState() + ")";
  }

  private static String advice(SqlState state) {
    if (state.isNoSuchTable()) {
      return "The tables are gone or in another schema: see createTables(), schema(...) and"
          + " tablePrefix(...).";
    }
    if (state.is("42501")) {
      return "Grant the user what the migration files say, and try again.";
    }
    if (state.is(SqlState.DAMAGED)) {
      return "It was left as it is; no other tenant is affected. Use the release that wrote it, or"
          + " restore the row from a backup.";
    }
    if (state.is("90040")) {
      return "Give the user ADMIN: without it H2 does not sync its file when it is asked to.";
    }
    if (state.is("57014") || state.is("55P03") || state.isConflict()) {
      return "Look for long transactions on the table and for load, or raise queryTimeout(...).";
    }
    if (state.startsWith("22")) {
      return "The document does not fit into its row: H2 keeps at most 1,048,576 bytes.";
    }
    if (state.startsWith("53")) {
      return "The server has run out of connections, memory or disk: make room, and try again.";
    }
    return "See that the database is up, reachable and writable, and try again.";
  }
}
