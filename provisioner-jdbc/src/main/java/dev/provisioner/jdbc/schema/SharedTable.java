package dev.provisioner.jdbc.schema;

import java.util.Objects;

/**
 * A table that tenants share and of which a tenant's role sees its own rows only, by PostgreSQL's
 * row-level security.
 *
 * <p>The role gets {@code SELECT}, {@code INSERT}, {@code UPDATE} and {@code DELETE} (or {@code
 * SELECT} alone) and two policies on the column: a permissive one that opens its rows, and a
 * restrictive one that closes all others, so that no other policy on the table can open them.
 *
 * <p><b>The table's owner</b> makes the table and switches row-level security on ({@code ALTER
 * TABLE … ENABLE ROW LEVEL SECURITY}); it is refused before, and not done here, because it hides
 * all rows from everybody without a policy. The owner himself, superusers and roles with {@code
 * BYPASSRLS} still see everything; {@code FORCE ROW LEVEL SECURITY} binds the owner too. Unique and
 * foreign keys are checked across all tenants, and so tell that a row exists: begin them with the
 * tenant column. See <a
 * href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html">PostgreSQL's manual</a>.
 *
 * <p>The column is {@code text} or {@code varchar} (compared byte for byte, under a deterministic
 * collation), {@code uuid}, {@code smallint}, {@code integer} or {@code bigint}, and the value is
 * spelt as PostgreSQL would, so that no two ids can mean the same rows.
 *
 * <p>Immutable.
 *
 * @param schema where the table is
 * @param table its name
 * @param column the one that says whose a row is
 * @param value what the column holds in this tenant's rows; no control characters
 * @param readOnly whether the role may only read
 */
public record SharedTable(
    String schema, String table, String column, String value, boolean readOnly) {

  /**
   * Checks the names and the value.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public SharedTable {
    SchemaSpec.requireIdentifier(schema);
    SchemaSpec.requireIdentifier(table);
    SchemaSpec.requireIdentifier(column);
    Objects.requireNonNull(value, "value");
    if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "The value of "
              + column
              + " in a tenant's rows has no control characters and is not"
              + " empty.");
    }
  }

  /** Returns a table of which the tenant may read and write the rows with this value. */
  public static SharedTable rows(String schema, String table, String column, String value) {
    return new SharedTable(schema, table, column, value, false);
  }

  /** Returns this table to be read only. */
  public SharedTable forReading() {
    return new SharedTable(schema, table, column, value, true);
  }

  /** Names the table for people. */
  String place() {
    return schema + "." + table;
  }
}
