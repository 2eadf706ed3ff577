package dev.provisioner.jdbc.schema;

import dev.provisioner.error.PermanentException;
import dev.provisioner.jdbc.internal.Quoted;
import dev.provisioner.spi.Known;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Removes a tenant's schema and role, one step in each transaction: first the role may not log in
 * any more, then its sessions end, then everything is dropped at once.
 *
 * <p>What is not the tenant's stays. Objects of the role outside the schema, and objects of others
 * that hang on the schema, could hold anybody's data: the removal is refused before it has begun
 * and names them. Rights that the role was given in this database go with it.
 */
final class Removal {
  /** What was done. */
  enum Step {
    LOGIN_CLOSED,
    SESSIONS_ENDED,
    GONE
  }

  /** All that the role owns, and what keeps it from being dropped in other databases. */
  private static final String ELSEWHERE =
      "SELECT CASE WHEN s.dbid = 0 OR d.datname = current_database()"
          + " THEN pg_describe_object(s.classid, s.objid, s.objsubid)"
          + " ELSE 'something in database ' || quote_ident(d.datname) END"
          + " FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid"
          + " WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = ?::bigint::oid"
          + " AND CASE WHEN s.dbid = 0 OR d.datname = current_database()"
          + " THEN s.deptype = 'o' AND s.classid <> 'pg_default_acl'::regclass AND COALESCE("
          + "(pg_identify_object(s.classid, s.objid, s.objsubid)).schema <> quote_ident(?), true)"
          + " ELSE true END GROUP BY 1 ORDER BY 1 LIMIT 6";

  /**
   * What DROP SCHEMA … CASCADE would take along from outside: all that depends, over any number of
   * steps, on what the schema contains. What belongs to a table (a rule, a default, a policy, a
   * trigger) is where the table is.
   */
  private static final String HANGING_ON =
      "WITH RECURSIVE going (classid, objid) AS ("
          + " SELECT classid, objid FROM pg_depend"
          + " WHERE refclassid = 'pg_namespace'::regclass AND refobjid = ?::bigint::oid"
          + " UNION SELECT d.classid, d.objid FROM pg_depend d"
          + " JOIN going g ON d.refclassid = g.classid AND d.refobjid = g.objid)"
          + " SELECT pg_describe_object(g.classid, g.objid, 0) FROM going g,"
          + " LATERAL (SELECT COALESCE("
          + "(pg_identify_object(g.classid, g.objid, 0)).schema,"
          + " CASE WHEN g.classid IN ('pg_rewrite'::regclass, 'pg_attrdef'::regclass,"
          + " 'pg_policy'::regclass, 'pg_trigger'::regclass)"
          + " THEN quote_ident((pg_identify_object_as_address(g.classid, g.objid, 0))"
          + ".object_names[1]) END) AS schema) at"
          + " WHERE at.schema NOT IN (quote_ident(?), 'pg_toast') AND NOT EXISTS ("
          + "SELECT FROM pg_trigger t WHERE g.classid = 'pg_trigger'::regclass"
          + " AND t.oid = g.objid AND t.tgisinternal) GROUP BY 1 ORDER BY 1 LIMIT 6";

  private static final String SESSIONS =
      "SELECT pid FROM pg_stat_activity WHERE usesysid = ?::bigint::oid";
  private static final int NAMED = 5;

  private final Transaction transaction;
  private final Target target;
  private final Known<SchemaSpec, TenantSchema> known;

  Removal(Transaction transaction, Target target, Known<SchemaSpec, TenantSchema> known) {
    this.transaction = transaction;
    this.target = target;
    this.known = known;
  }

  /** Does the first step that is still to be done. */
  Step next() throws SQLException {
    Seen seen = Seen.read(transaction, target, known);
    seen.requireOurs();
    Optional<Seen.Thing> schema = seen.schema();
    Optional<Seen.Thing> role = seen.role();
    if (role.isPresent()) {
      requireNothingElsewhere(role.get(), schema);
    }
    if (schema.isPresent()) {
      requireNothingHangingOn(schema.get());
    }
    if (role.isPresent()) {
      String remedy = RoleDifferences.remedy(transaction, role.get().name());
      if (mayLogIn(role.get())) {
        transaction.execute("ALTER ROLE " + quoted(role.get()) + " NOLOGIN", remedy);
        return Step.LOGIN_CLOSED;
      }
      if (!sessions(role.get()).isEmpty()) {
        transaction.withRightsOf(
            role.get().name(),
            own ->
                own.texts(
                    "SELECT pg_terminate_backend(pid)::text FROM (" + SESSIONS + ") AS s",
                    role.get().id()));
        return Step.SESSIONS_ENDED;
      }
    }
    drop(schema, role);
    return Step.GONE;
  }

  private boolean mayLogIn(Seen.Thing role) throws SQLException {
    return transaction.holds(
        "EXISTS (SELECT FROM pg_roles WHERE oid = ?::bigint::oid AND rolcanlogin)", role.id());
  }

  private List<String> sessions(Seen.Thing role) throws SQLException {
    return transaction.texts(SESSIONS, role.id());
  }

  private void drop(Optional<Seen.Thing> schema, Optional<Seen.Thing> role) throws SQLException {
    for (Policies.Policy policy : Policies.ours(transaction, target)) {
      policy.drop(transaction);
    }
    if (schema.isPresent()) {
      transaction.execute(
          "DROP SCHEMA " + quoted(schema.get()) + " CASCADE",
          "GRANT " + Quoted.identifier(schema.get().owner()) + " TO " + transaction.admin());
      requireGone("pg_namespace", schema.get());
    }
    if (role.isPresent()) {
      String name = quoted(role.get());
      String remedy = RoleDifferences.remedy(transaction, role.get().name());
      requireNothingElsewhere(role.get(), Optional.empty());
      transaction.withRightsOf(
          role.get().name(), own -> own.execute("DROP OWNED BY " + name, remedy));
      transaction.execute("DROP ROLE " + name, remedy);
      requireGone("pg_roles", role.get());
    }
  }

  /** Somebody may have given the name to another between our look and our drop. */
  private void requireGone(String catalog, Seen.Thing thing) throws SQLException {
    if (transaction.holds(
        "EXISTS (SELECT FROM " + catalog + " WHERE oid = ?::bigint::oid)", thing.id())) {
      throw new PermanentException(
          "Somebody renamed "
              + thing
              + " while it was being removed. Nothing was dropped. Rename it back and resume the"
              + " run.");
    }
  }

  private void requireNothingElsewhere(Seen.Thing role, Optional<Seen.Thing> schema)
      throws SQLException {
    List<String> owned =
        transaction.texts(ELSEWHERE, role.id(), schema.map(Seen.Thing::name).orElse(""));
    if (!owned.isEmpty()) {
      throw new PermanentException(
          "The role '"
              + role.name()
              + "' also has "
              + some(owned)
              + ", outside its schema. Nothing was dropped. In the database that has it, give it to"
              + " somebody else (REASSIGN OWNED BY "
              + quoted(role)
              + " TO ...) or drop it (DROP OWNED BY "
              + quoted(role)
              + "), and resume the run.");
    }
  }

  private void requireNothingHangingOn(Seen.Thing schema) throws SQLException {
    List<String> hanging = transaction.texts(HANGING_ON, schema.id(), schema.name());
    if (!hanging.isEmpty()) {
      throw new PermanentException(
          "The schema '"
              + schema.name()
              + "' cannot be dropped without "
              + some(hanging)
              + ", outside of it. Nothing was dropped. Drop or change what depends on the schema,"
              + " and resume the run.");
    }
  }

  private static String some(List<String> names) {
    return names.size() <= NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and more";
  }

  private static String quoted(Seen.Thing thing) {
    return Quoted.identifier(thing.name());
  }
}
