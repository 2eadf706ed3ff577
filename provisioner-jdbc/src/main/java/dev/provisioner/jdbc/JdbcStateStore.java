package dev.provisioner.jdbc;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Failures;
import dev.provisioner.jdbc.internal.Keys;
import dev.provisioner.jdbc.internal.Opened;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.jdbc.internal.Write;
import dev.provisioner.jdbc.internal.Write.Outcome;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps state documents in PostgreSQL 13 or later, or H2 2.x (embedded file, memory, or server):
 * the store of hosts that run several instances, or that have a database anyway.
 *
 * <pre>{@code
 * StateStore store = JdbcStateStore.on(dataSource).createTables().open();
 * }</pre>
 *
 * <p><strong>Shared use.</strong> Thread-safe, and any number of instances on any number of nodes
 * may use the same tables. Clocks are never compared. Which engine is dead is left to the leases:
 * {@link #announce} does nothing and {@link #certainlyDead} is always false, because a lost
 * connection does not mean a dead process.
 *
 * <p><strong>Connections.</strong> Each call borrows one connection of the host's {@code
 * DataSource}, whose pool may be as small as one, and gives it back with its settings as they were.
 * Every call is a transaction of its own. Give it a plain pool, not a {@code DataSource} that joins
 * the caller's transaction (such as Spring's {@code TransactionAwareDataSourceProxy}): a document
 * must not vanish with somebody's rollback. The {@code DataSource} is not closed by {@link #close}.
 *
 * <p><strong>Durability.</strong> A write is durable when it returns: on PostgreSQL with the
 * server's {@code fsync} and {@code synchronous_commit} on, as by default; on an H2 file by {@code
 * CHECKPOINT SYNC}, for which the user needs {@code ADMIN}.
 *
 * <p><strong>Errors.</strong> {@link StateStoreException} says what failed, where, and what stands.
 * If a connection breaks before the answer to a write has come, nobody knows whether it happened,
 * and the message says so. {@link IllegalStateException} after {@link #close}. An interrupt does
 * not end a call; the thread's flag is kept.
 *
 * <p>Documents are listed in the order of their keys. H2 keeps documents of at most 1,048,576
 * bytes, PostgreSQL of 1 GB less some.
 */
public final class JdbcStateStore implements StateStore {
  private static final int MOST_IN_PAGE = 10_000;

  private final Connections connections;
  private final Failures failures;
  private final Queries queries;
  private final Writer writer;
  private final AuditLog auditLog;
  private volatile boolean closed;

  private JdbcStateStore(
      Connections connections, Failures failures, Queries queries, Writer writer, Events events) {
    this.connections = connections;
    this.failures = failures;
    this.queries = queries;
    this.writer = writer;
    this.auditLog = new AuditLog(this, connections, failures, events);
  }

  /**
   * Returns a builder of a store in this database.
   *
   * @throws IllegalArgumentException if it is Spring's {@code TransactionAwareDataSourceProxy}
   */
  public static JdbcStateStoreBuilder on(DataSource dataSource) {
    return new JdbcStateStoreBuilder(dataSource);
  }

  static JdbcStateStore open(Connections connections, Tables tables, boolean createTables) {
    Opened opened = Opened.open(connections, tables, createTables);
    return new JdbcStateStore(
        connections,
        opened.failures(),
        new Queries(opened.database(), tables),
        new Writer(connections, opened.database(), opened.failures()),
        new Events(opened.database(), tables));
  }

  /** Returns the log of events in a table beside the state, for {@code durableListener}. */
  public AuditLog auditLog() {
    return auditLog;
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    requireOpen();
    Keys.check(key);
    try {
      return connections.call(true, connection -> queries.read(connection, key));
    } catch (SQLException e) {
      throw failures.cannot("read the state of " + key, e);
    }
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    if (expected == null && document == null) {
      throw new IllegalArgumentException(
          "Nothing to write and nothing to delete: pass a document, or the revision to delete.");
    }
    requireOpen();
    Keys.check(key);
    UUID replaced = expected == null ? null : revision(expected);
    if (expected != null && replaced == null) {
      return Optional.empty(); // never was a revision of this store
    }
    // Made here and not by the database: it is known even if the answer is lost.
    Write write = new Write(key, replaced, UUID.randomUUID(), document);
    return writer.write(write) == Outcome.WRITTEN
        ? Optional.of(write.revision().toString())
        : Optional.empty();
  }

  private static @Nullable UUID revision(String text) {
    try {
      UUID revision = UUID.fromString(text);
      return revision.toString().equals(text) ? revision : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A row that cannot be read is logged as an error, once, and passed over; it is thrown only if
   * nothing else is due.
   */
  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    checkLimit(limit);
    requireOpen();
    Keys.check(installation);
    try {
      return connections.call(
          true, connection -> queries.due(connection, installation, until, limit));
    } catch (SQLException e) {
      throw failures.cannot("look for documents of '" + installation + "' that are due", e);
    }
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    checkLimit(limit);
    requireOpen();
    Keys.check(query.installation());
    KeyCursor after = cursor == null ? null : KeyCursor.parse(cursor);
    try {
      return connections.call(true, connection -> queries.page(connection, query, after, limit));
    } catch (SQLException e) {
      throw failures.cannot("list the documents of '" + query.installation() + "'", e);
    }
  }

  /** Refuses later calls. The {@code DataSource} is the host's and stays open. */
  @Override
  public void close() {
    closed = true;
  }

  private static void checkLimit(int limit) {
    if (limit < 1 || limit > MOST_IN_PAGE) {
      throw new IllegalArgumentException(
          "A page holds 1 to " + MOST_IN_PAGE + " documents, not " + limit + ".");
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The state store in "
              + failures.place()
              + " is closed. Close it after the engines on it.");
    }
  }
}
