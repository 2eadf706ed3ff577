package dev.provisioner.jdbc.internal;

import java.nio.charset.StandardCharsets;

/** Names and texts in SQL, where a parameter cannot stand. */
public final class Quoted {
  /**
   * PostgreSQL cuts longer names off without an error: <a
   * href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS">4.1.1</a>.
   */
  private static final int LONGEST_NAME = 63;

  private Quoted() {}

  /** Returns whether a text can be a name: 1 to 63 bytes, no control characters. */
  public static boolean isIdentifier(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
        && name.chars().noneMatch(Character::isISOControl);
  }

  /** Returns a name for use in SQL. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Returns a text for use in PostgreSQL's SQL, whatever standard_conforming_strings says. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'";
    return text.indexOf('\\') < 0 ? quoted : " E" + quoted;
  }
}
