package dev.provisioner.jdbc.internal;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are.
 *
 * @param schema null for the connection's current one
 */
public record Tables(@Nullable String schema, String prefix) {
  public static final String DEFAULT_PREFIX = "provisioner_";

  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,30}");

  public Tables {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "A table prefix has 1 to 31 of a-z, 0-9 and _ and begins with a letter, unlike '"
              + prefix
              + "'.");
    }
    if (schema != null && !Quoted.isIdentifier(schema)) {
      throw new IllegalArgumentException(
          "A schema's name has 1 to 63 bytes and no control characters.");
    }
  }

  /** Returns the documents' table for use in SQL. */
  public String state() {
    return qualified("state");
  }

  /** Returns the audit log's table for use in SQL. */
  public String events() {
    return qualified("event");
  }

  /** Returns the table of applied migrations for use in SQL. */
  public String versions() {
    return qualified("schema_version");
  }

  /** Returns the queue's table for use in SQL. */
  public String jobs() {
    return qualified("job");
  }

  /** Returns the sequence of the queue's tickets for use in SQL. */
  public String tickets() {
    return qualified("job_ticket");
  }

  /** Returns the scheduler's table for use in SQL. */
  public String tasks() {
    return qualified("task");
  }

  /** Returns a migration with this prefix instead of the default one. */
  public String renamed(String migration) {
    return migration.replace(DEFAULT_PREFIX, prefix);
  }

  /** Names the place for people. */
  public String place() {
    return schema == null ? "the current schema" : "schema '" + schema + "'";
  }

  private String qualified(String table) {
    // The prefix needs no quotes, and so is folded as the migration's names are.
    return (schema == null ? "" : Quoted.identifier(schema) + ".") + prefix + table;
  }

  /** Returns a number that two stores share if they have the same tables. */
  public long lock() {
    String text = String.format(Locale.ROOT, "provisioner %s %s", schema, prefix);
    return ((long) text.hashCode() << 32) | 0x70726f76;
  }
}
