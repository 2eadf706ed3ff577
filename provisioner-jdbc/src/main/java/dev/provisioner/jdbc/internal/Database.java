package dev.provisioner.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** What differs between the databases. Thread-safe. */
public interface Database {
  /** Returns its name, for people. */
  String name();

  /** Returns the folder of its migrations in the jar, below {@code dev/provisioner/jdbc}. */
  String migrations();

  /** Refuses a database that cannot keep what the store promises. */
  void check(Connection connection) throws SQLException;

  /**
   * Keeps other nodes from migrating until the transaction ends, if the database can, and makes
   * names without a schema belong to the store's.
   *
   * @return makes the connection what it was before, once the transaction has ended
   */
  Connections.Cleanup beginMigration(Connection connection, Tables tables) throws SQLException;

  /** Returns the database's time in milliseconds since 1970, for use in SQL. */
  String now();

  /** Returns whether writes want a connection that commits each statement by itself. */
  boolean autoCommits();

  /** Prepares a statement that ends at the timeout, if the database does not see to that itself. */
  PreparedStatement prepare(Connection connection, String sql) throws SQLException;

  /** Returns the statement that inserts a row of so many columns, unless its key is there. */
  String insertUnlessThere(String table, String columns, String key, int count);

  /** Commits durably. */
  void commit(Connection connection) throws SQLException;

  /** Sets a part of a key, which is compared byte for byte. */
  void setKeyPart(PreparedStatement statement, int index, String part) throws SQLException;

  /** Returns a part of a key as bytes in UTF-8, for use in SQL. */
  String keyBytes(String column);

  /** Reads a part of a key. */
  String keyPart(ResultSet row, String column) throws SQLException;

  /**
   * Carries out writes of different documents, each for itself: one that loses does not affect the
   * others.
   *
   * @return what became of each, in their order
   * @throws InDoubtException if any of them may have happened
   * @throws SQLException if none has happened
   */
  List<Write.Outcome> write(Connection connection, List<Write> writes) throws SQLException;
}
