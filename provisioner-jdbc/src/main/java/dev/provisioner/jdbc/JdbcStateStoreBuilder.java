package dev.provisioner.jdbc;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Tables;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link JdbcStateStore}.
 *
 * <p>Not thread-safe.
 */
public final class JdbcStateStoreBuilder {
  private final DataSource dataSource;
  private @Nullable String schema;
  private String tablePrefix = Tables.DEFAULT_PREFIX;
  private Duration queryTimeout = Duration.ofSeconds(10);
  private boolean createTables;

  JdbcStateStoreBuilder(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    Connections.requireIndependent(
        dataSource, "State must not vanish with the caller's transaction");
  }

  /**
   * Names the schema of the tables, exactly as the database spells it; it must exist. By default
   * the current one of the connections.
   *
   * @param name 1 to 63 bytes
   */
  public JdbcStateStoreBuilder schema(String name) {
    this.schema = new Tables(name, tablePrefix).schema();
    return this;
  }

  /**
   * Sets what the names of the tables begin with, so that several stores can share a schema.
   *
   * @param prefix 1 to 31 of a-z, 0-9 and _, beginning with a letter; {@code provisioner_} by
   *     default
   */
  public JdbcStateStoreBuilder tablePrefix(String prefix) {
    this.tablePrefix = new Tables(schema, prefix).prefix();
    return this;
  }

  /**
   * Sets after how long a statement is ended, and a row that somebody has locked is given up. A
   * server that does not answer at all is given up five seconds later. On H2 a single wait for a
   * lock ends at the database's own {@code LOCK_TIMEOUT}.
   *
   * @param timeout one second to one hour, rounded down to seconds; 10 seconds by default
   */
  public JdbcStateStoreBuilder queryTimeout(Duration timeout) {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0
        || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "queryTimeout is 1 second to 1 hour, not " + timeout + ".");
    }
    this.queryTimeout = timeout;
    return this;
  }

  /**
   * Creates the tables when the store is opened, or brings them to this release's version; does
   * nothing if they are. Harmless from many nodes at once. Needs the right to create tables.
   * Without this call the tables must be there: the SQL files are in the jar, below {@code
   * dev/provisioner/jdbc/db}.
   */
  public JdbcStateStoreBuilder createTables() {
    this.createTables = true;
    return this;
  }

  /**
   * Opens the store; uses one connection meanwhile.
   *
   * @throws StateStoreException if the database does not answer, is none of those supported, or its
   *     tables are missing or of another version
   */
  public JdbcStateStore open() {
    return JdbcStateStore.open(
        new Connections(dataSource, queryTimeout), new Tables(schema, tablePrefix), createTables);
  }
}
