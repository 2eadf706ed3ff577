package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.internal.Quoted;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the rights on a schema differ from what is wanted. Nothing but what the spec says may stand:
 * the schema is ours alone.
 */
final class SchemaDifferences {
  private static final String GRANTS =
      "SELECT x.grantee::bigint AS id, x.grantee = n.nspowner AS owns,"
          + " CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END AS name,"
          + " array_agg(x.privilege_type) AS privileges"
          + " FROM pg_namespace n, aclexplode(n.nspacl) x"
          + " WHERE n.oid = ?::bigint::oid GROUP BY 1, 2, 3 ORDER BY 3";
  private static final String TABLES_OF_ROLE =
      "SELECT format('%I.%I', n.nspname, c.relname)"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.oid = ?::bigint::oid AND c.relowner = ?::bigint::oid"
          + " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ";
  private static final String READS_NEW_TABLES =
      "EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) x"
          + " WHERE d.defaclnamespace = ?::bigint::oid AND d.defaclrole = ?::bigint::oid"
          + " AND d.defaclobjtype = 'r' AND x.privilege_type = 'SELECT'"
          + " AND x.grantee = (SELECT oid FROM pg_roles WHERE rolname = ?))";

  /** Who has which rights; the name is empty for PUBLIC. */
  private record Grant(long id, boolean owns, String name, Set<String> privileges) {
    String grantee() {
      return id == 0 ? "PUBLIC" : Quoted.identifier(name);
    }
  }

  private final Transaction transaction;
  private final Target target;
  private final Seen.Thing schema;
  private final Seen.Thing role;
  private final String onSchema;
  private final List<Difference> differences = new ArrayList<>();

  private SchemaDifferences(
      Transaction transaction, Target target, Seen.Thing schema, Seen.Thing role) {
    this.transaction = transaction;
    this.target = target;
    this.schema = schema;
    this.role = role;
    this.onSchema = " ON SCHEMA " + Quoted.identifier(schema.name());
  }

  static List<Difference> of(
      Transaction transaction, Target target, Seen.Thing schema, Seen.Thing role)
      throws SQLException {
    SchemaDifferences found = new SchemaDifferences(transaction, target, schema, role);
    if (schema.owned()) {
      found.compareGrants();
      found.compareReaders();
    } else {
      found.differences.add(
          Difference.forSomebodyElse(
              schema + " is owned by '" + schema.owner() + "', whose rights the admin user lacks",
              "Let somebody who may run: " + found.remedy()));
    }
    return found.differences;
  }

  private String remedy() {
    return "GRANT " + Quoted.identifier(schema.owner()) + " TO " + transaction.admin();
  }

  private void compareGrants() throws SQLException {
    Map<String, Set<String>> wanted = new LinkedHashMap<>();
    target.spec().readers().forEach(reader -> wanted.put(reader, Set.of("USAGE")));
    wanted.put(role.name(), Set.of("CREATE", "USAGE"));
    Map<String, Grant> granted = new LinkedHashMap<>();
    for (Grant grant : transaction.list(GRANTS, SchemaDifferences::grant, schema.id())) {
      granted.put(grant.name(), grant);
    }
    wanted.forEach((name, privileges) -> compareWanted(name, privileges, granted.get(name)));
    for (Grant grant : granted.values()) {
      if (!grant.owns()) {
        compareGranted(grant, wanted.getOrDefault(grant.name(), Set.of()));
      }
    }
  }

  private static Grant grant(ResultSet row) throws SQLException {
    return new Grant(
        row.getLong("id"),
        row.getBoolean("owns"),
        row.getString("name"),
        new TreeSet<>(List.of((String[]) row.getArray("privileges").getArray())));
  }

  private void compareWanted(String name, Set<String> privileges, @Nullable Grant grant) {
    Set<String> missing = new TreeSet<>(privileges);
    if (grant != null) {
      missing.removeAll(grant.owns() ? privileges : grant.privileges());
    }
    if (!missing.isEmpty()) {
      String rights = String.join(", ", missing);
      differences.add(
          new Difference(
              "role '" + name + "' lacks " + rights + " on the schema",
              in ->
                  in.execute(
                      "GRANT " + rights + onSchema + " TO " + Quoted.identifier(name), remedy())));
    }
  }

  private void compareGranted(Grant grant, Set<String> wanted) {
    Set<String> extra = new TreeSet<>(grant.privileges());
    extra.removeAll(wanted);
    if (!extra.isEmpty()) {
      String rights = String.join(", ", extra);
      differences.add(
          new Difference(
              (grant.id() == 0 ? "everybody" : "role '" + grant.name() + "'")
                  + " has "
                  + rights
                  + " on the schema",
              in -> {
                in.execute("REVOKE " + rights + onSchema + " FROM " + grant.grantee(), remedy());
                if (wanted.isEmpty()) {
                  in.withRightsOf(role.name(), own -> closeTables(own, grant));
                }
              }));
    }
  }

  private void compareReaders() throws SQLException {
    List<String> existing =
        transaction.texts(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (?)", target.spec().readers());
    for (String reader : target.spec().readers()) {
      if (!existing.contains(reader)) {
        differences.add(
            0,
            Difference.forSomebodyElse(
                "role '" + reader + "', which is to read the schema, does not exist",
                "Create it or take it out of the spec"));
      } else if (!readsNewTables(reader) || !unreadable(reader).isEmpty()) {
        differences.add(
            new Difference(
                "role '" + reader + "' cannot read all tables of the schema",
                in -> in.withRightsOf(role.name(), own -> openTables(own, reader))));
      }
    }
  }

  private boolean readsNewTables(String reader) throws SQLException {
    return transaction.holds(READS_NEW_TABLES, schema.id(), role.id(), reader);
  }

  private List<String> unreadable(String reader) throws SQLException {
    return transaction.texts(
        TABLES_OF_ROLE + "NOT has_table_privilege(CAST(? AS name), c.oid, 'SELECT')",
        schema.id(),
        role.id(),
        reader);
  }

  private void openTables(Transaction own, String reader) throws SQLException {
    String to = " TO " + Quoted.identifier(reader);
    own.execute(newTables() + "GRANT SELECT ON TABLES" + to, remedy());
    List<String> tables = unreadable(reader);
    if (!tables.isEmpty()) {
      own.execute("GRANT SELECT ON " + String.join(", ", tables) + to, remedy());
    }
  }

  private void closeTables(Transaction own, Grant grant) throws SQLException {
    String from = " FROM " + grant.grantee();
    own.execute(newTables() + "REVOKE ALL ON TABLES" + from, remedy());
    List<String> tables =
        own.texts(
            TABLES_OF_ROLE
                + "EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee = ?::bigint::oid)",
            schema.id(),
            role.id(),
            grant.id());
    if (!tables.isEmpty()) {
      own.execute("REVOKE ALL ON " + String.join(", ", tables) + from, remedy());
    }
  }

  private String newTables() {
    return "ALTER DEFAULT PRIVILEGES FOR ROLE "
        + Quoted.identifier(role.name())
        + " IN SCHEMA "
        + Quoted.identifier(schema.name())
        + " ";
  }
}
