package dev.provisioner.jdbc.schema;

import dev.provisioner.error.PermanentException;
import dev.provisioner.jdbc.internal.Quoted;
import dev.provisioner.jdbc.internal.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that has the tenant's things to itself. What it defines (roles, schemas, grants,
 * comments, policies) appears at its commit or not at all: PostgreSQL's definitions are
 * transactional.
 */
final class Transaction {
  private static final int OLDEST_VERSION = 130000;
  private static final int GRANTS_WITH_OPTIONS = 160000;

  private final Connection connection;
  private final Failures failures;
  private final int version;
  private final String database;
  private final String admin;

  private Transaction(Connection connection, Failures failures, ResultSet server)
      throws SQLException {
    this.connection = connection;
    this.failures = failures;
    this.version = server.getInt("version");
    this.database = server.getString("database");
    this.admin = server.getString("admin");
  }

  /**
   * Begins it: sets limits for this transaction alone, and waits for any other that works on what
   * carries this marker. One whose client has died counts until the server has ended it, so that
   * nobody looks before a commit that is still on its way.
   */
  static Transaction begin(
      Connection connection,
      String marker,
      Duration lockTimeout,
      Duration statementTimeout,
      Failures failures)
      throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    if (!product.equals("PostgreSQL")) {
      throw new PermanentException(
          "Tenant schemas are made in PostgreSQL; the DataSource leads to " + product + ".");
    }
    Transaction transaction;
    try (PreparedStatement settings =
        connection.prepareStatement(
            "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true),"
                + " pg_catalog.set_config('lock_timeout', ?, true),"
                + " pg_catalog.set_config('statement_timeout', ?, true),"
                + " pg_catalog.set_config('idle_in_transaction_session_timeout', ?, true),"
                + " pg_catalog.current_setting('server_version_num')::int AS version,"
                + " pg_catalog.current_database() AS database, current_user AS admin,"
                + " pg_catalog.pg_is_in_recovery() AS standby")) {
      String statement = milliseconds(statementTimeout);
      settings.setString(1, milliseconds(lockTimeout));
      settings.setString(2, statement);
      settings.setString(3, statement);
      try (ResultSet server = settings.executeQuery()) {
        server.next();
        if (server.getBoolean("standby")) {
          throw new SQLException("the server is a standby", "25006");
        }
        transaction = new Transaction(connection, failures, server);
      }
    }
    if (transaction.version < OLDEST_VERSION) {
      throw new PermanentException("Tenant schemas need PostgreSQL 13 or later.");
    }
    transaction.lock(marker);
    return transaction;
  }

  private static String milliseconds(Duration time) {
    return Math.max(1, time.toMillis()) + "ms";
  }

  String database() {
    return database;
  }

  /** Returns the name of the admin user, for use in SQL. */
  String admin() {
    return Quoted.identifier(admin);
  }

  /** Waits for other transactions that lock the same, and locks it until the end. */
  void lock(String what) throws SQLException {
    list(
        "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
        row -> "",
        "provisioner schema " + what);
  }

  /**
   * Executes a statement that needs a right.
   *
   * @param remedy the SQL that gives the admin user the right
   */
  void execute(String sql, String remedy) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      if (SqlState.of(e).is("42501")) {
        throw failures.missingRight(e, remedy);
      }
      throw e;
    }
  }

  /** Reads one row. */
  interface Reading<T> {
    @Nullable T of(ResultSet row) throws SQLException;
  }

  /**
   * Reads rows.
   *
   * @param parameters strings, numbers, or lists of strings
   */
  <T> List<T> list(String sql, Reading<T> reading, Object... parameters) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        Object parameter = parameters[i];
        query.setObject(
            i + 1,
            parameter instanceof List<?> texts
                ? connection.createArrayOf("text", texts.toArray())
                : parameter);
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          T value = reading.of(row);
          if (value != null) {
            rows.add(value);
          }
        }
      }
      return rows;
    }
  }

  /** Reads the first column, without nulls. */
  List<String> texts(String sql, Object... parameters) throws SQLException {
    return list(sql, row -> row.getString(1), parameters);
  }

  /** Reads a single truth. */
  boolean holds(String sql, Object... parameters) throws SQLException {
    return texts("SELECT " + sql + " AS holds", parameters).equals(List.of("t"));
  }

  /**
   * Does what only a role itself may do. An admin user who is no superuser is made a member for the
   * moment; nobody else sees it, because the membership ends before the commit. He may grant it: up
   * to version 15 by {@code CREATEROLE}, from 16 on because who creates a role has {@code ADMIN} on
   * it, but not its rights (<a
   * href="https://www.postgresql.org/docs/current/role-attributes.html">21.2</a>).
   */
  void withRightsOf(String role, Difference.Fix work) throws SQLException {
    String name = Quoted.identifier(role);
    if (hasRightsOf(role)) {
      work.in(this);
      return;
    }
    String remedy = "GRANT " + name + " TO " + admin() + " WITH ADMIN OPTION";
    String options = version < GRANTS_WITH_OPTIONS ? "" : " WITH INHERIT TRUE, SET FALSE";
    execute("GRANT " + name + " TO CURRENT_USER" + options, remedy);
    if (!hasRightsOf(role)) {
      throw new PermanentException(
          "Cannot "
              + failures.doing()
              + ": the admin user "
              + admin()
              + " does not inherit the rights of roles. "
              + failures.stands()
              + " Let somebody who may run: ALTER ROLE "
              + admin()
              + " INHERIT; then resume the run.");
    }
    work.in(this);
    execute("REVOKE " + name + " FROM CURRENT_USER", remedy);
  }

  private boolean hasRightsOf(String role) throws SQLException {
    return holds("pg_has_role(CAST(? AS name), 'USAGE')", role);
  }
}
