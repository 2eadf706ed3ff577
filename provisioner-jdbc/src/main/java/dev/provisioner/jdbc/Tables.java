package dev.provisioner.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are.
 *
 * @param schema null for the connection's current one
 */
record Tables(@Nullable String schema, String prefix) {
  static final String DEFAULT_PREFIX = "provisioner_";

  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,30}");
  private static final int LONGEST_SCHEMA = 63;

  Tables {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "A table prefix has 1 to 31 of a-z, 0-9 and _ and begins with a letter, unlike '"
              + prefix
              + "'.");
    }
    if (schema != null
        && (schema.isEmpty()
            || schema.getBytes(StandardCharsets.UTF_8).length > LONGEST_SCHEMA
            || schema.chars().anyMatch(Character::isISOControl))) {
      throw new IllegalArgumentException(
          "A schema's name has 1 to 63 bytes and no control characters.");
    }
  }

  /** Returns the documents' table for use in SQL. */
  String state() {
    return qualified("state");
  }

  /** Returns the audit log's table for use in SQL. */
  String events() {
    return qualified("event");
  }

  /** Returns the table of applied migrations for use in SQL. */
  String versions() {
    return qualified("schema_version");
  }

  /** Returns a migration with this prefix instead of the default one. */
  String renamed(String migration) {
    return migration.replace(DEFAULT_PREFIX, prefix);
  }

  /** Returns the schema's name for use in SQL. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Names the place for people. */
  String place() {
    return schema == null ? "the current schema" : "schema '" + schema + "'";
  }

  private String qualified(String table) {
    // The prefix needs no quotes, and so is folded as the migration's names are.
    return (schema == null ? "" : quoted(schema) + ".") + prefix + table;
  }

  /** Returns a number that two stores share if they have the same tables. */
  long lock() {
    String text = String.format(Locale.ROOT, "provisioner %s %s", schema, prefix);
    return ((long) text.hashCode() << 32) | 0x70726f76;
  }
}
