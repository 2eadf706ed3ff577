package dev.provisioner.jdbc.internal;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Write.Outcome;
import dev.provisioner.state.StateDocument;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 13 or later: one statement for any number of documents, committed by itself.
 *
 * <p>That it is one statement matters beyond speed. Nothing waits for the client between the first
 * lock and the commit, so a node that is stopped at any instant leaves no row locked to the nodes
 * that take over from it. Rows that others have locked are passed over ({@code SKIP LOCKED}) and
 * tried again, so one row cannot hold up the other documents, and updates cannot deadlock.
 * Insertions can wait for each other, and are made first and in one order.
 *
 * <p>The series of one, whose length is a parameter, makes a plan for any parameters look a
 * thousand times as dear as one for those given, so that the server plans each time. A plan that it
 * remembered from when the table was small would read the whole table until statistics are next
 * collected: one write a second at 500,000 rows was measured, instead of hundreds.
 */
public final class PostgreSql implements Database {
  private static final Logger LOG = LoggerFactory.getLogger("dev.provisioner.jdbc");

  private static final String WRITE =
      """
      WITH given AS MATERIALIZED (
        SELECT g.*
        FROM unnest(?::text[], ?::text[], ?::text[], ?::uuid[], ?::uuid[], ?::text[],
                    ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::bytea[])
          AS g (installation, plan, tenant, expected, revision, lifecycle,
                run_status, plan_version, due_at, updated_at, document)
        CROSS JOIN generate_series(1, ?) AS once
      ), held AS MATERIALIZED (
        SELECT g.* FROM given g
        JOIN $table s USING (installation, plan, tenant)
        WHERE s.revision = g.expected
        FOR NO KEY UPDATE OF s SKIP LOCKED
      ), inserted AS (
        INSERT INTO $table
          (installation, plan, tenant, revision, lifecycle,
           run_status, plan_version, due_at, updated_at, document)
        SELECT installation, plan, tenant, revision, lifecycle,
               run_status, plan_version, due_at, updated_at, document
        FROM given WHERE expected IS NULL ORDER BY installation, plan, tenant
        ON CONFLICT DO NOTHING
        RETURNING revision
      ), updated AS (
        UPDATE $table s
        SET revision = h.revision, lifecycle = h.lifecycle, run_status = h.run_status,
            plan_version = h.plan_version, due_at = h.due_at, updated_at = h.updated_at,
            document = h.document
        FROM held h
        WHERE (s.installation, s.plan, s.tenant) = (h.installation, h.plan, h.tenant)
          AND h.document IS NOT NULL
        RETURNING s.revision
      ), deleted AS (
        DELETE FROM $table s
        USING held h
        WHERE (s.installation, s.plan, s.tenant) = (h.installation, h.plan, h.tenant)
          AND h.document IS NULL
        RETURNING h.revision
      ), written AS (
        SELECT revision FROM inserted
        UNION ALL SELECT revision FROM updated
        UNION ALL SELECT revision FROM deleted
      )
      SELECT g.revision, w.revision IS NOT NULL AS written, s.revision = g.expected AS unchanged
      FROM written w
      RIGHT JOIN given g USING (revision)
      LEFT JOIN $table s USING (installation, plan, tenant)
      """;

  private final int timeoutSeconds;
  private final String write;

  public PostgreSql(Duration timeout, Tables tables) {
    this.timeoutSeconds = (int) timeout.toSeconds();
    this.write = WRITE.replace("$table", tables.state());
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public String migrations() {
    return "db/postgresql/";
  }

  @Override
  public void check(Connection connection) throws SQLException {
    DatabaseMetaData about = connection.getMetaData();
    if (about.getDatabaseMajorVersion() < 13) {
      throw new StateStoreException(
          "State needs PostgreSQL 13 or later, not " + about.getDatabaseProductVersion() + ".");
    }
    String encoding = setting(connection, "server_encoding");
    if (!encoding.equals("UTF8")) {
      throw new StateStoreException(
          "State needs a database in UTF8, not "
              + encoding
              + ": it could not hold every tenant's id.");
    }
    for (String name : List.of("fsync", "synchronous_commit")) {
      if (setting(connection, name).equals("off")) {
        LOG.warn(
            "{} is off: writes that were acknowledged are lost when the database server crashes, and"
                + " what they recorded with them.",
            name);
      }
    }
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Both are local to the transaction. */
  @Override
  public Connections.Cleanup beginMigration(Connection connection, Tables tables)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + tables.lock() + ")");
      if (tables.schema() != null) {
        statement.execute("SET LOCAL search_path TO " + Quoted.identifier(tables.schema()));
      }
    }
    return () -> {};
  }

  @Override
  public String now() {
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
  }

  @Override
  public boolean autoCommits() {
    return true;
  }

  @Override
  public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(timeoutSeconds);
    return statement;
  }

  @Override
  public String insertUnlessThere(String table, String columns, String key, int count) {
    String values = "?" + ", ?".repeat(count - 1);
    return String.format(
        "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING", table, columns, values);
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
  }

  @Override
  public void setKeyPart(PreparedStatement statement, int index, String part) throws SQLException {
    statement.setString(index, part);
  }

  @Override
  public String keyBytes(String column) {
    return "convert_to(" + column + ", 'UTF8')";
  }

  @Override
  public String keyPart(ResultSet row, String column) throws SQLException {
    return row.getString(column);
  }

  @Override
  public List<Outcome> write(Connection connection, List<Write> writes) throws SQLException {
    try (PreparedStatement statement = prepare(connection, write)) {
      set(connection, statement, writes);
      Map<UUID, Outcome> outcomes = new HashMap<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          outcomes.put(row.getObject("revision", UUID.class), outcome(row));
        }
      }
      return writes.stream().map(write -> outcomes.get(write.revision())).toList();
    } catch (SQLException e) {
      throw SqlState.of(e).isRolledBack() ? e : new InDoubtException(e);
    }
  }

  private static Outcome outcome(ResultSet row) throws SQLException {
    if (row.getBoolean("written")) {
      return Outcome.WRITTEN;
    }
    // Unchanged as far as was seen, and yet not written: somebody has it locked.
    return row.getBoolean("unchanged") ? Outcome.BUSY : Outcome.LOST;
  }

  private static void set(Connection connection, PreparedStatement statement, List<Write> writes)
      throws SQLException {
    List<Column> columns =
        List.of(
            new Column("text", write -> write.key().installation()),
            new Column("text", write -> write.key().plan()),
            new Column("text", write -> write.key().tenant().value()),
            new Column("uuid", Write::expected),
            new Column("uuid", Write::revision),
            ofDocument("text", document -> document.summary().lifecycle().name()),
            ofDocument("text", document -> document.summary().run().name()),
            ofDocument("bigint", document -> document.summary().planVersion()),
            ofDocument("bigint", document -> Times.due(document.summary().dueAt())),
            ofDocument("text", document -> document.summary().updatedAt().toString()),
            ofDocument("bytea", StateDocument::content));
    List<Array> arrays = new ArrayList<>();
    for (Column column : columns) {
      Array array = connection.createArrayOf(column.type(), column.of(writes));
      arrays.add(array);
      statement.setArray(arrays.size(), array);
    }
    statement.setInt(arrays.size() + 1, 1);
  }

  private static Column ofDocument(String type, Function<StateDocument, @Nullable Object> value) {
    return new Column(
        type, write -> write.document() == null ? null : value.apply(write.document()));
  }

  /** A value of each write. */
  private record Column(String type, Function<Write, @Nullable Object> value) {
    @Nullable Object[] of(List<Write> writes) {
      // The driver wants byte[][] for bytea, and takes Object[] for the rest.
      Object[] values =
          type.equals("bytea") ? new byte[writes.size()][] : new Object[writes.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(writes.get(i));
      }
      return values;
    }
  }
}
