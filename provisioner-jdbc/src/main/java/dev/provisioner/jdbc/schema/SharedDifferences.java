package dev.provisioner.jdbc.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.jdbc.internal.Quoted;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the policies and rights on shared tables differ from what is wanted.
 *
 * <p>A policy's comment holds the marker, a digest of what was wanted and one of what the server
 * made of it, so that a policy which somebody has altered is noticed although the server writes
 * expressions in its own way.
 */
final class SharedDifferences {
  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,18}");
  private static final Set<String> ALL = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");

  private static final String TABLE =
      "SELECT c.oid::bigint AS id, c.relkind IN ('r', 'p') AS is_table, c.relrowsecurity,"
          + " pg_get_userbyid(c.relowner) AS owner, format_type(a.atttypid, NULL) AS type,"
          + " COALESCE(l.collisdeterministic, true) AS exact,"
          + " has_schema_privilege(r.oid, n.oid, 'USAGE') AS reachable,"
          + " ARRAY(SELECT privilege_type FROM aclexplode(c.relacl) x WHERE x.grantee = r.oid)"
          + " AS privileges"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_roles r ON r.oid = ?::bigint::oid"
          + " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ? AND a.attnum > 0"
          + " LEFT JOIN pg_collation l ON l.oid = a.attcollation"
          + " WHERE n.nspname = ? AND c.relname = ?";

  private static final String DIGEST =
      "left(encode(sha256(convert_to(concat_ws('|', p.polpermissive, p.polcmd, p.polroles,"
          + " COALESCE(pg_get_expr(p.polqual, p.polrelid), '-'),"
          + " COALESCE(pg_get_expr(p.polwithcheck, p.polrelid), '-')), 'UTF8')), 'hex'), 32)";
  private static final String POLICY =
      "SELECT obj_description(p.oid, 'pg_policy') AS comment, "
          + DIGEST
          + " AS digest FROM pg_policy p WHERE p.polrelid = ?::bigint::oid AND p.polname = ?";
  private static final String MAY_USE =
      "EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.nspname = ?"
          + " AND x.grantee = ?::bigint::oid)";
  private static final String OURS =
      "SELECT p.polrelid::bigint AS id, p.polname AS policy, n.nspname AS schema,"
          + " c.relname AS name, pg_get_userbyid(c.relowner) AS owner"
          + " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_policy'::regclass"
          + " WHERE split_part(d.description, ' ', 1) = ? ORDER BY n.nspname, c.relname, p.polname";

  /** A table as the server knows it. */
  private record Table(
      long id,
      boolean isTable,
      boolean secured,
      String owner,
      @Nullable String type,
      boolean exact,
      boolean reachable,
      Set<String> privileges) {}

  /** A policy that carries our marker. */
  record Policy(long table, String name, String schema, String tableName, String owner) {
    static Policy of(ResultSet row) throws SQLException {
      return new Policy(
          row.getLong("id"),
          row.getString("policy"),
          row.getString("schema"),
          row.getString("name"),
          row.getString("owner"));
    }

    void drop(Transaction in) throws SQLException {
      in.lock("database");
      in.execute(
          "DROP POLICY " + Quoted.identifier(name) + " ON " + quoted(schema, tableName),
          membership(in, owner));
    }
  }

  private final Transaction transaction;
  private final Target target;
  private final Seen.Thing role;
  private final List<Difference> differences = new ArrayList<>();
  private final Set<Long> wanted = new HashSet<>();

  private SharedDifferences(Transaction transaction, Target target, Seen.Thing role) {
    this.transaction = transaction;
    this.target = target;
    this.role = role;
  }

  static List<Difference> of(Transaction transaction, Target target, Seen.Thing role)
      throws SQLException {
    SharedDifferences found = new SharedDifferences(transaction, target, role);
    for (SharedTable shared : target.spec().sharedTables()) {
      found.compare(shared);
    }
    found.compareLeft();
    return found.differences;
  }

  private void compare(SharedTable shared) throws SQLException {
    List<Table> tables =
        transaction.list(
            TABLE,
            SharedDifferences::table,
            role.id(),
            shared.column(),
            shared.schema(),
            shared.table());
    Table table = tables.isEmpty() ? null : tables.get(0);
    String unfit = unfit(shared, table);
    if (unfit != null || table == null) {
      differences.add(
          0,
          Difference.forSomebodyElse(
              "shared table " + shared.place() + " " + unfit,
              "Mend the table or take it out of the spec"));
      return;
    }
    wanted.add(table.id());
    if (!table.secured()) {
      String alter = "ALTER TABLE " + quoted(shared.schema(), shared.table());
      differences.add(
          0,
          Difference.forSomebodyElse(
              "shared table " + shared.place() + " has no row-level security",
              "Let its owner run: " + alter + " ENABLE ROW LEVEL SECURITY"));
    }
    comparePolicy(shared, table, target.policy(), "PERMISSIVE");
    comparePolicy(shared, table, target.restrictivePolicy(), "RESTRICTIVE");
    compareRights(shared, table);
  }

  private static Table table(ResultSet row) throws SQLException {
    return new Table(
        row.getLong("id"),
        row.getBoolean("is_table"),
        row.getBoolean("relrowsecurity"),
        row.getString("owner"),
        row.getString("type"),
        row.getBoolean("exact"),
        row.getBoolean("reachable"),
        new TreeSet<>(List.of((String[]) row.getArray("privileges").getArray())));
  }

  /** Returns why rows cannot be told apart there for certain, or null. */
  private static @Nullable String unfit(SharedTable shared, @Nullable Table table) {
    if (table == null) {
      return "does not exist";
    }
    if (!table.isTable()) {
      return "is no table";
    }
    if (table.type() == null) {
      return "has no column " + shared.column();
    }
    String type = table.type();
    if (!table.exact()) {
      return "compares " + shared.column() + " under a collation that takes different ids for one";
    }
    boolean fits =
        switch (type) {
          case "text", "character varying" -> true;
          case "uuid" ->
              UUID.matcher(shared.value()).matches()
                  && shared.value().equals(shared.value().toLowerCase(Locale.ROOT));
          case "smallint", "integer", "bigint" -> NUMBER.matcher(shared.value()).matches();
          default -> false;
        };
    return fits
        ? null
        : "cannot hold '"
            + shared.value()
            + "' in "
            + shared.column()
            + " of type "
            + type
            + " as it is spelt";
  }

  private void comparePolicy(SharedTable shared, Table table, String name, String kind)
      throws SQLException {
    record Actual(@Nullable String comment, String digest) {}
    List<Actual> actual =
        transaction.list(
            POLICY,
            row -> new Actual(row.getString("comment"), row.getString("digest")),
            table.id(),
            name);
    if (actual.isEmpty()) {
      differences.add(
          new Difference(
              "shared table " + shared.place() + " lacks the policy '" + name + "'",
              in -> create(in, shared, table, name, kind)));
      return;
    }
    String comment = Objects.requireNonNullElse(actual.get(0).comment(), "");
    if (!comment.startsWith(target.marker() + " ")) {
      differences.add(
          0,
          Difference.forSomebodyElse(
              "policy '" + name + "' on " + shared.place() + " is not ours", "Rename it"));
    } else if (!comment.equals(comment(shared, actual.get(0).digest()))) {
      differences.add(
          new Difference(
              "policy '" + name + "' on " + shared.place() + " is another",
              in -> {
                new Policy(table.id(), name, shared.schema(), shared.table(), table.owner())
                    .drop(in);
                create(in, shared, table, name, kind);
              }));
    }
  }

  private String comment(SharedTable shared, String digest) {
    String wish = shared.column().length() + " " + shared.column() + " " + shared.value();
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(wish.getBytes(UTF_8));
      String text = HexFormat.of().formatHex(hash).substring(0, 32);
      return target.marker() + " " + text + " " + digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  private void create(Transaction in, SharedTable shared, Table table, String name, String kind)
      throws SQLException {
    in.lock("database");
    String on = Quoted.identifier(name) + " ON " + quoted(shared.schema(), shared.table());
    String condition =
        "(" + Quoted.identifier(shared.column()) + " = " + Quoted.literal(shared.value()) + ")";
    String remedy = membership(in, table.owner());
    in.execute(
        "CREATE POLICY "
            + on
            + " AS "
            + kind
            + " FOR ALL TO "
            + Quoted.identifier(role.name())
            + " USING "
            + condition
            + " WITH CHECK "
            + condition,
        remedy);
    String digest = in.list(POLICY, row -> row.getString("digest"), table.id(), name).get(0);
    in.execute(
        "COMMENT ON POLICY " + on + " IS " + Quoted.literal(comment(shared, digest)), remedy);
  }

  private void compareRights(SharedTable shared, Table table) {
    Set<String> rights = shared.readOnly() ? Set.of("SELECT") : ALL;
    Set<String> missing = new TreeSet<>(rights);
    missing.removeAll(table.privileges());
    Set<String> extra = new TreeSet<>(table.privileges());
    extra.removeAll(rights);
    String on = " ON " + quoted(shared.schema(), shared.table());
    right(missing, "lacks", "GRANT ", on, " TO ", shared.place(), table.owner());
    right(extra, "has", "REVOKE ", on, " FROM ", shared.place(), table.owner());
    if (!table.reachable()) {
      String onSchema = " ON SCHEMA " + Quoted.identifier(shared.schema());
      String remedy =
          "GRANT USAGE" + onSchema + " TO " + transaction.admin() + " WITH GRANT OPTION";
      differences.add(
          new Difference(
              "the role lacks USAGE on schema " + shared.schema(),
              in -> {
                in.lock("database");
                in.execute(
                    "GRANT USAGE" + onSchema + " TO " + Quoted.identifier(role.name()), remedy);
              }));
    }
  }

  private void right(
      Set<String> rights,
      String verb,
      String command,
      String on,
      String preposition,
      String place,
      String owner) {
    if (!rights.isEmpty()) {
      String list = String.join(", ", rights);
      differences.add(
          new Difference(
              "the role " + verb + " " + list + " on " + place,
              in ->
                  in.execute(
                      command + list + on + preposition + Quoted.identifier(role.name()),
                      membership(in, owner))));
    }
  }

  /** Returns all policies that carry our marker. */
  static List<Policy> policies(Transaction transaction, Target target) throws SQLException {
    return transaction.list(OURS, Policy::of, target.marker());
  }

  /** What we made on tables that are not wanted any more. */
  private void compareLeft() throws SQLException {
    for (Policy policy : policies(transaction, target)) {
      if (!wanted.contains(policy.table())) {
        differences.add(
            new Difference(
                "table " + policy.schema() + "." + policy.tableName() + " is still shared",
                in -> close(in, policy)));
      }
    }
  }

  private void close(Transaction in, Policy policy) throws SQLException {
    policy.drop(in);
    String from = " FROM " + Quoted.identifier(role.name());
    in.execute(
        "REVOKE ALL ON " + quoted(policy.schema(), policy.tableName()) + from,
        membership(in, policy.owner()));
    boolean needed =
        target.spec().sharedTables().stream()
            .anyMatch(shared -> shared.schema().equals(policy.schema()));
    if (!needed && in.holds(MAY_USE, policy.schema(), role.id())) {
      String onSchema = " ON SCHEMA " + Quoted.identifier(policy.schema());
      in.execute(
          "REVOKE USAGE" + onSchema + from,
          "GRANT USAGE" + onSchema + " TO " + in.admin() + " WITH GRANT OPTION");
    }
  }

  private static String quoted(String schema, String table) {
    return Quoted.identifier(schema) + "." + Quoted.identifier(table);
  }

  private static String membership(Transaction in, String owner) {
    return "GRANT " + Quoted.identifier(owner) + " TO " + in.admin();
  }
}
