package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.internal.Quoted;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a role differs from what is wanted. */
final class RoleDifferences {
  private static final String ROLE =
      "SELECT r.*, r.rolvaliduntil IS NOT NULL AND r.rolvaliduntil <> 'infinity' AS expires,"
          + " shobj_description(r.oid, 'pg_authid') AS comment,"
          + " has_database_privilege(r.oid, current_database(), 'CONNECT') AS connects,"
          + " (SELECT setting FROM pg_db_role_setting s, unnest(s.setconfig) AS setting"
          + " WHERE s.setrole = r.oid AND starts_with(setting, 'search_path=')"
          + " AND s.setdatabase ="
          + " (SELECT oid FROM pg_database WHERE datname = current_database())) AS path,"
          + " (SELECT 'search_path=' || string_agg(quote_ident(name), ', ' ORDER BY place)"
          + " FROM unnest(?) WITH ORDINALITY AS wanted (name, place)) AS wanted_path"
          + " FROM pg_roles r WHERE r.oid = ?::bigint::oid";

  /** What would let a tenant out of its schema, and nobody but an administrator gives. */
  private static final Map<String, String> POWERS =
      new TreeMap<>(
          Map.of(
              "rolsuper", "SUPERUSER",
              "rolcreaterole", "CREATEROLE",
              "rolcreatedb", "CREATEDB",
              "rolreplication", "REPLICATION",
              "rolbypassrls", "BYPASSRLS"));

  private final Transaction transaction;
  private final Target target;
  private final String role;
  private final String remedy;
  private final List<Difference> differences = new ArrayList<>();

  private RoleDifferences(Transaction transaction, Target target, Seen.Thing role) {
    this.transaction = transaction;
    this.target = target;
    this.role = Quoted.identifier(role.name());
    this.remedy = remedy(transaction, role.name());
  }

  /** Returns what gives an admin user a role; from version 16 on CREATEROLE alone does not. */
  static String remedy(Transaction transaction, String role) {
    return "ALTER ROLE "
        + transaction.admin()
        + " CREATEROLE; GRANT "
        + Quoted.identifier(role)
        + " TO "
        + transaction.admin()
        + " WITH ADMIN OPTION";
  }

  static List<Difference> of(Transaction transaction, Target target, Seen.Thing role)
      throws SQLException {
    List<String> path = new ArrayList<>(List.of(target.schema()));
    path.addAll(target.spec().searchPath());
    RoleDifferences found = new RoleDifferences(transaction, target, role);
    transaction.list(ROLE, found::compare, path, role.id());
    return found.differences;
  }

  private @Nullable String compare(ResultSet row) throws SQLException {
    int limit = target.spec().connectionLimit();
    if (!row.getBoolean("rolcanlogin")) {
      alter("the role may not log in", "LOGIN");
    }
    if (row.getInt("rolconnlimit") != limit) {
      alter(
          "the role's connection limit is " + row.getInt("rolconnlimit") + " instead of " + limit,
          "CONNECTION LIMIT " + limit);
    }
    if (row.getBoolean("expires")) {
      alter("the role's password expires", "VALID UNTIL 'infinity'");
    }
    for (Map.Entry<String, String> power : POWERS.entrySet()) {
      if (row.getBoolean(power.getKey())) {
        alter("the role has " + power.getValue(), "NO" + power.getValue());
      }
    }
    if (!row.getBoolean("connects")) {
      connect();
    }
    if (!Objects.equals(row.getString("path"), row.getString("wanted_path"))) {
      searchPath();
    }
    comparePassword(row.getString("comment"));
    return null;
  }

  private void comparePassword(@Nullable String comment) {
    Optional<String> fingerprint = target.passwords().fingerprint();
    if (fingerprint.isEmpty() || !comment(fingerprint.get()).equals(comment)) {
      differences.add(
          new Difference("the role's password is another, or was never confirmed", this::password));
    }
  }

  private String comment(String fingerprint) {
    return target.marker() + " password:" + fingerprint;
  }

  private void password(Transaction in) throws SQLException {
    String fingerprint = target.passwords().fingerprint().orElseThrow();
    String verifier = Quoted.literal(target.passwords().verifier());
    in.execute("ALTER ROLE " + role + " PASSWORD " + verifier, remedy);
    in.execute("COMMENT ON ROLE " + role + " IS " + Quoted.literal(comment(fingerprint)), remedy);
  }

  private void alter(String text, String option) {
    String sql = "ALTER ROLE " + role + " " + option;
    differences.add(new Difference(text, in -> in.execute(sql, remedy)));
  }

  private void connect() {
    String database = Quoted.identifier(transaction.database());
    String sql = "GRANT CONNECT ON DATABASE " + database + " TO " + role;
    String right =
        "GRANT CONNECT ON DATABASE "
            + database
            + " TO "
            + transaction.admin()
            + " WITH GRANT OPTION";
    differences.add(
        new Difference(
            "the role may not connect to the database",
            in -> {
              in.lock("database");
              in.execute(sql, right);
            }));
  }

  private void searchPath() {
    StringBuilder names = new StringBuilder(Quoted.identifier(target.schema()));
    target.spec().searchPath().forEach(name -> names.append(", ").append(Quoted.identifier(name)));
    String database = Quoted.identifier(transaction.database());
    String sql = "ALTER ROLE " + role + " IN DATABASE " + database + " SET search_path = " + names;
    differences.add(
        new Difference("the role's search path is another", in -> in.execute(sql, remedy)));
  }
}
