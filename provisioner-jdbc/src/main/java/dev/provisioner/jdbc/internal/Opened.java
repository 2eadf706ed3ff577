package dev.provisioner.jdbc.internal;

import dev.provisioner.error.StateStoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/**
 * A database that can keep what is promised, and whose tables are there.
 *
 * @param database what is particular to it
 * @param failures says what failed in it
 */
public record Opened(Database database, Failures failures) {

  /**
   * Looks at the database behind the connections, and makes the tables if that is wanted.
   *
   * @throws StateStoreException if it does not answer, is none of those supported, or its tables
   *     are missing or of another version
   */
  public static Opened open(Connections connections, Tables tables, boolean createTables) {
    try {
      return connections.call(
          false, connection -> open(connection, connections, tables, createTables));
    } catch (SQLException e) {
      throw Failures.cannotOpen(e);
    }
  }

  private static Opened open(
      Connection connection, Connections connections, Tables tables, boolean createTables)
      throws SQLException {
    DatabaseMetaData about = connection.getMetaData();
    Database database =
        switch (about.getDatabaseProductName()) {
          case "PostgreSQL" -> new PostgreSql(connections.timeout(), tables);
          case "H2" -> H2.of(connection, tables);
          default ->
              throw new StateStoreException(
                  "State is kept in PostgreSQL or H2, not in "
                      + about.getDatabaseProductName()
                      + ". Give a DataSource of one of these.");
        };
    Failures failures = new Failures(database, about.getURL());
    database.check(connection);
    Migrations migrations = new Migrations(database, tables, failures);
    if (createTables) {
      migrations.apply(connection);
    }
    migrations.check(connection);
    return new Opened(database, failures);
  }
}
