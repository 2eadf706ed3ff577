package dev.provisioner.jdbc.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Write.Outcome;
import dev.provisioner.state.StateDocument;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** H2 2.x: a statement for each document, all in one transaction, in the order of their keys. */
public final class H2 implements Database {
  private final String insert;
  private final String update;
  private final String delete;
  private final boolean inMemory;

  private H2(Tables tables, boolean inMemory) {
    this.inMemory = inMemory;
    insert =
        "INSERT INTO "
            + tables.state()
            + " (revision, lifecycle, run_status, plan_version, due_at, updated_at, document,"
            + " installation, plan, tenant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    update =
        "UPDATE "
            + tables.state()
            + " SET revision = ?, lifecycle = ?, run_status = ?, plan_version = ?, due_at = ?,"
            + " updated_at = ?, document = ?"
            + " WHERE installation = ? AND plan = ? AND tenant = ? AND revision = ?";
    delete =
        "DELETE FROM "
            + tables.state()
            + " WHERE installation = ? AND plan = ? AND tenant = ? AND revision = ?";
  }

  public static H2 of(Connection connection, Tables tables) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet path = statement.executeQuery("SELECT DATABASE_PATH()")) {
      path.next();
      return new H2(tables, path.getString(1) == null);
    }
  }

  @Override
  public String name() {
    return "H2";
  }

  @Override
  public String migrations() {
    return "db/h2/";
  }

  @Override
  public void check(Connection connection) throws SQLException {
    DatabaseMetaData about = connection.getMetaData();
    if (about.getDatabaseMajorVersion() < 2) {
      throw new StateStoreException(
          "State needs H2 2.0 or later, not " + about.getDatabaseProductVersion() + ".");
    }
    requireUninterruptible(about.getURL());
    sync(connection); // which needs the right to: better to know now than at the first write
  }

  /**
   * An interrupt closes a FileChannel; H2 then closes the database, and may lose what was in it.
   */
  private void requireUninterruptible(String url) {
    boolean remote = url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:");
    if (!inMemory && !remote && !url.contains(":async:") && !url.contains(":retry:")) {
      throw new StateStoreException(
          "State is not kept in the H2 file "
              + url
              + ": H2 can lose its content when a thread that uses it is interrupted. Put async:"
              + " before the path, as in jdbc:h2:async:/var/lib/shop/state; the file is the same.");
    }
  }

  /**
   * H2 commits every change of a schema by itself: its migrations bear being made twice at once.
   */
  @Override
  public Connections.Cleanup beginMigration(Connection connection, Tables tables)
      throws SQLException {
    if (tables.schema() == null) {
      return () -> {};
    }
    String before = connection.getSchema();
    connection.setSchema(tables.schema());
    return () -> connection.setSchema(before);
  }

  @Override
  public boolean autoCommits() {
    return false;
  }

  /** Without a limit: H2 would keep it for the connection. Waits end at the LOCK_TIMEOUT. */
  @Override
  public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /** It is written over with the same: H2 has no shorter way to leave a row alone. */
  @Override
  public String insertUnlessThere(String table, String columns, String key, int count) {
    String values = "?" + ", ?".repeat(count - 1);
    return String.format("MERGE INTO %s (%s) KEY (%s) VALUES (%s)", table, columns, key, values);
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
    sync(connection);
  }

  /** As bytes, because H2 compares text by the database's collation. */
  @Override
  public void setKeyPart(PreparedStatement statement, int index, String part) throws SQLException {
    statement.setBytes(index, part.getBytes(UTF_8));
  }

  @Override
  public String keyBytes(String column) {
    return column;
  }

  @Override
  public String keyPart(ResultSet row, String column) throws SQLException {
    return new String(row.getBytes(column), UTF_8);
  }

  @Override
  public List<Outcome> write(Connection connection, List<Write> writes) throws SQLException {
    Outcome[] outcomes = new Outcome[writes.size()];
    // In one order, so that two transactions never wait for each other.
    List<Integer> order =
        IntStream.range(0, writes.size())
            .boxed()
            .sorted(Comparator.comparing(i -> writes.get(i).key()))
            .toList();
    for (int i : order) {
      outcomes[i] = write(connection, writes.get(i)) ? Outcome.WRITTEN : Outcome.LOST;
    }
    try {
      connection.commit();
      sync(connection);
    } catch (SQLException e) {
      throw new InDoubtException(e);
    }
    return Arrays.asList(outcomes);
  }

  @Override
  public String now() {
    return "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
  }

  /** A commit alone would be durable half a second later. */
  private void sync(Connection connection) throws SQLException {
    if (!inMemory) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CHECKPOINT SYNC");
      }
    }
  }

  private boolean write(Connection connection, Write write) throws SQLException {
    if (write.document() == null) {
      return delete(connection, write);
    }
    return write.expected() == null
        ? insert(connection, write, write.document())
        : update(connection, write, write.document());
  }

  private boolean insert(Connection connection, Write write, StateDocument document)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, insert)) {
      setDocument(statement, write, document);
      setKey(statement, 8, write);
      statement.executeUpdate();
      return true;
    } catch (SQLException e) {
      if (SqlState.of(e).isDuplicate()) {
        return false; // H2 has undone this statement alone
      }
      throw e;
    }
  }

  private boolean update(Connection connection, Write write, StateDocument document)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, update)) {
      setDocument(statement, write, document);
      setKey(statement, 8, write);
      statement.setObject(11, write.expected());
      return statement.executeUpdate() == 1;
    }
  }

  private boolean delete(Connection connection, Write write) throws SQLException {
    try (PreparedStatement statement = prepare(connection, delete)) {
      setKey(statement, 1, write);
      statement.setObject(4, Objects.requireNonNull(write.expected()));
      return statement.executeUpdate() == 1;
    }
  }

  private static void setDocument(PreparedStatement statement, Write write, StateDocument document)
      throws SQLException {
    statement.setObject(1, write.revision());
    statement.setString(2, document.summary().lifecycle().name());
    statement.setString(3, document.summary().run().name());
    statement.setLong(4, document.summary().planVersion());
    statement.setObject(5, Times.due(document.summary().dueAt()));
    statement.setString(6, document.summary().updatedAt().toString());
    statement.setBytes(7, document.content());
  }

  private void setKey(PreparedStatement statement, int first, Write write) throws SQLException {
    setKeyPart(statement, first, write.key().installation());
    setKeyPart(statement, first + 1, write.key().plan());
    setKeyPart(statement, first + 2, write.key().tenant().value());
  }
}
