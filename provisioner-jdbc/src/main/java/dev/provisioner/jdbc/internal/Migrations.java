package dev.provisioner.jdbc.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.StateStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tables to this release's version, or says what is missing. */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger("dev.provisioner.jdbc");

  /** In their order; the first is version 1. */
  private static final List<String> FILES =
      List.of("V1__state.sql", "V2__queue.sql", "V3__event.sql");

  private static final int ATTEMPTS = 20;

  private final Database database;
  private final Tables tables;
  private final String place;

  public Migrations(Database database, Tables tables, Failures failures) {
    this.database = database;
    this.tables = tables;
    this.place = tables.place() + " of " + failures.place();
  }

  /** Refuses tables that are missing, too old or too new. Autocommit must be off. */
  public void check(Connection connection) throws SQLException {
    int version = version(connection);
    if (version < FILES.size()) {
      throw new StateStoreException(
          "The store's tables are "
              + (version == 0 ? "not there" : "at version " + version)
              + " in "
              + place
              + ". Open it with createTables(), or run "
              + String.join(", ", FILES.subList(version, FILES.size()))
              + " (in the jar, in dev/provisioner/jdbc/"
              + database.migrations()
              + ") with the table prefix '"
              + tables.prefix()
              + "'.");
    }
  }

  /**
   * Applies what is missing. Many nodes may do so at once. What was broken off is begun again:
   * PostgreSQL undoes it, and on H2 every statement bears being repeated.
   */
  public void apply(Connection connection) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        applyOnce(connection);
        return;
      } catch (SQLException e) {
        connection.rollback();
        if (SqlState.of(e).isNoSuchSchema()) {
          throw new StateStoreException(
              "There is no " + place + ". Create the schema, or name another.", e);
        }
        if (attempt == ATTEMPTS || connection.isClosed()) {
          throw e;
        }
        // On H2 perhaps because another node was creating the same at this moment.
        LockSupport.parkNanos(
            TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(5, 50)));
      }
    }
  }

  private void applyOnce(Connection connection) throws SQLException {
    if (version(connection) == FILES.size()) {
      return;
    }
    Connections.Cleanup cleanup = database.beginMigration(connection, tables);
    try {
      int version = version(connection); // again, as another node may just have done it
      for (String file : FILES.subList(version, FILES.size())) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(tables.renamed(read(database.migrations() + file)));
        }
        LOG.info("Applied {} in {}.", file, place);
      }
      connection.commit();
    } finally {
      cleanup.run();
    }
  }

  /** Returns the version of the tables, 0 if they are not there; refuses those too new. */
  private int version(Connection connection) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT max(version) AS version, max(needs) AS needs FROM " + tables.versions())) {
      row.next();
      requireKnown(row.getInt("version"), row.getInt("needs"));
      return Math.min(row.getInt("version"), FILES.size());
    } catch (SQLException e) {
      if (!SqlState.of(e).isNoSuchTable()) {
        throw e;
      }
      connection.rollback(before);
      return 0;
    }
  }

  private void requireKnown(int version, int needs) {
    if (needs > FILES.size()) {
      throw new StateStoreException(
          "The store's tables in "
              + place
              + " are at version "
              + version
              + ", which needs a release that knows version "
              + needs
              + "; this one knows "
              + FILES.size()
              + ". Use the release that migrated them, or a later one.");
    }
  }

  private static String read(String file) {
    try (InputStream in = Migrations.class.getResourceAsStream("/dev/provisioner/jdbc/" + file)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + file + ".");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
