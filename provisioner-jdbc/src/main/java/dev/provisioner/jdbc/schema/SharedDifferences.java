package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.internal.Quoted;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How shared tables, and the rights on them, differ from what is wanted. */
final class SharedDifferences {
  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
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

  private static final String MAY_USE =
      "EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.nspname = ?"
          + " AND x.grantee = ?::bigint::oid)";

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

  private final Transaction transaction;
  private final Target target;
  private final Seen.Thing role;
  private final Policies policies;
  private final List<Difference> differences = new ArrayList<>();
  private final Set<Long> wanted = new HashSet<>();

  private SharedDifferences(Transaction transaction, Target target, Seen.Thing role) {
    this.transaction = transaction;
    this.target = target;
    this.role = role;
    this.policies = new Policies(transaction, target, role);
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
      String alter = "ALTER TABLE " + Policies.quoted(shared.schema(), shared.table());
      differences.add(
          0,
          Difference.forSomebodyElse(
              "shared table " + shared.place() + " has no row-level security",
              "Let its owner run: " + alter + " ENABLE ROW LEVEL SECURITY"));
    }
    differences.addAll(policies.compare(shared, table.id(), table.owner()));
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
          case "uuid" -> UUID.matcher(shared.value()).matches();
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

  private void compareRights(SharedTable shared, Table table) {
    Set<String> rights = shared.readOnly() ? Set.of("SELECT") : ALL;
    Set<String> missing = new TreeSet<>(rights);
    missing.removeAll(table.privileges());
    Set<String> extra = new TreeSet<>(table.privileges());
    extra.removeAll(rights);
    String on = " ON " + Policies.quoted(shared.schema(), shared.table());
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
                      Policies.membership(in, owner))));
    }
  }

  /** What we made on tables that are not wanted any more. */
  private void compareLeft() throws SQLException {
    for (Policies.Policy policy : Policies.ours(transaction, target)) {
      if (!wanted.contains(policy.table())) {
        differences.add(
            new Difference(
                "table " + policy.schema() + "." + policy.tableName() + " is still shared",
                in -> close(in, policy)));
      }
    }
  }

  private void close(Transaction in, Policies.Policy policy) throws SQLException {
    policy.drop(in);
    String from = " FROM " + Quoted.identifier(role.name());
    in.execute(
        "REVOKE ALL ON " + Policies.quoted(policy.schema(), policy.tableName()) + from,
        Policies.membership(in, policy.owner()));
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
}
