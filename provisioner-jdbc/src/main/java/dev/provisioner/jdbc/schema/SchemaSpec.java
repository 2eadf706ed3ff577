package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.internal.Quoted;
import dev.provisioner.secret.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's schema and login role, as they are wanted.
 *
 * <pre>{@code
 * SchemaSpec.standard().connectionLimit(20).readableBy("reporting")
 * }</pre>
 *
 * <p>Every part can be changed in place, the names too: what the schema holds stays.
 *
 * <p>Immutable.
 *
 * @param schema the schema's name, 1 to 63 bytes, exactly as PostgreSQL is to spell it; null for
 *     the attempt's derived name
 * @param role the role's name, in the same way
 * @param password 8 to 128 printable ASCII characters, or null for a generated one of 256 bits.
 *     Other characters are refused, because drivers disagree on how to prepare them (<a
 *     href="https://www.rfc-editor.org/rfc/rfc4013">RFC 4013</a>)
 * @param rotation another number, another generated password
 * @param connectionLimit how many connections the role may have at the same time, 0 or more; -1 for
 *     no limit
 * @param searchPath where the role's sessions look for names after the tenant's schema
 * @param readers existing roles that may read all tables of the schema, also those the tenant's
 *     role will create
 * @param sharedTables tables of other schemas of which the role sees this tenant's rows
 */
public record SchemaSpec(
    @Nullable String schema,
    @Nullable String role,
    @Nullable Secret password,
    int rotation,
    int connectionLimit,
    List<String> searchPath,
    List<String> readers,
    List<SharedTable> sharedTables) {
  private static final int SHORTEST_PASSWORD = 8;
  private static final int LONGEST_PASSWORD = 128;

  /**
   * Checks the names, the password and the ranges; null lists are empty ones.
   *
   * @throws IllegalArgumentException that says what is wrong, and never shows the password
   */
  public SchemaSpec {
    requireName("schema", schema);
    requireName("role", role);
    requirePassword(password);
    if (connectionLimit < -1) {
      throw new IllegalArgumentException(
          "A connection limit is 0 or more, or -1 for none, not " + connectionLimit + ".");
    }
    searchPath = searchPath == null ? List.of() : List.copyOf(searchPath);
    readers = readers == null ? List.of() : List.copyOf(readers);
    sharedTables = sharedTables == null ? List.of() : List.copyOf(sharedTables);
    Stream.concat(searchPath.stream(), readers.stream()).forEach(SchemaSpec::requireIdentifier);
    requireDistinct("reader", readers);
    requireDistinct("shared table", sharedTables.stream().map(SharedTable::place).toList());
  }

  /** Returns a spec with derived names, a generated password and no limits. */
  public static SchemaSpec standard() {
    return new SchemaSpec(null, null, null, 0, -1, List.of(), List.of(), List.of());
  }

  /** Returns this spec with given names instead of derived ones. */
  public SchemaSpec named(String newSchema, String newRole) {
    Objects.requireNonNull(newSchema, "newSchema");
    Objects.requireNonNull(newRole, "newRole");
    return new SchemaSpec(
        newSchema, newRole, password, rotation, connectionLimit, searchPath, readers, sharedTables);
  }

  /** Returns this spec with a given password instead of a generated one. */
  public SchemaSpec password(Secret newPassword) {
    Objects.requireNonNull(newPassword, "newPassword");
    return new SchemaSpec(
        schema, role, newPassword, rotation, connectionLimit, searchPath, readers, sharedTables);
  }

  /** Returns this spec with another number, and so another generated password. */
  public SchemaSpec rotation(int number) {
    return new SchemaSpec(
        schema, role, password, number, connectionLimit, searchPath, readers, sharedTables);
  }

  /** Returns this spec with a limit for the role's connections; -1 for none. */
  public SchemaSpec connectionLimit(int connections) {
    return new SchemaSpec(
        schema, role, password, rotation, connections, searchPath, readers, sharedTables);
  }

  /** Returns this spec with schemas in which names are looked for after the tenant's own. */
  public SchemaSpec thenSearching(String... schemas) {
    return new SchemaSpec(
        schema, role, password, rotation, connectionLimit, List.of(schemas), readers, sharedTables);
  }

  /** Returns this spec with the existing roles that may read the schema's tables. */
  public SchemaSpec readableBy(String... roles) {
    return new SchemaSpec(
        schema,
        role,
        password,
        rotation,
        connectionLimit,
        searchPath,
        List.of(roles),
        sharedTables);
  }

  /** Returns this spec with one more shared table. */
  public SchemaSpec sharing(SharedTable table) {
    List<SharedTable> more = new ArrayList<>(sharedTables);
    more.add(table);
    return new SchemaSpec(
        schema, role, password, rotation, connectionLimit, searchPath, readers, more);
  }

  private static void requireName(String what, @Nullable String name) {
    if (name == null) {
      return;
    }
    requireIdentifier(name);
    if (name.startsWith("pg_") || name.equals("public") || name.equals("none")) {
      throw new IllegalArgumentException(
          "PostgreSQL keeps the name '" + name + "' for itself; give the " + what + " another.");
    }
  }

  static void requireIdentifier(String name) {
    if (!Quoted.isIdentifier(name)) {
      throw new IllegalArgumentException(
          "A name in PostgreSQL has 1 to 63 bytes and no control characters, unlike '"
              + name.replaceAll("\\p{Cntrl}", "?")
              + "'.");
    }
  }

  private static void requirePassword(@Nullable Secret password) {
    if (password == null) {
      return;
    }
    String value = password.reveal();
    if (value.length() < SHORTEST_PASSWORD
        || value.length() > LONGEST_PASSWORD
        || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "A password has 8 to 128 printable ASCII characters; the given one does not.");
    }
  }

  private static void requireDistinct(String what, List<String> names) {
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("A " + what + " is named twice among " + names + ".");
    }
  }
}
