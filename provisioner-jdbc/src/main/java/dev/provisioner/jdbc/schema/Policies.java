package dev.provisioner.jdbc.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.jdbc.internal.Quoted;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a tenant's role on shared tables: one opens its rows, one closes all others.
 *
 * <p>A policy's comment holds the marker, a digest of what was wanted and one of what the server
 * made of it, so that a policy which somebody has altered is noticed although the server writes
 * expressions in its own way.
 */
final class Policies {
  private static final String DIGEST =
      "left(encode(sha256(convert_to(concat_ws('|', p.polpermissive, p.polcmd, p.polroles,"
          + " COALESCE(pg_get_expr(p.polqual, p.polrelid), '-'),"
          + " COALESCE(pg_get_expr(p.polwithcheck, p.polrelid), '-')), 'UTF8')), 'hex'), 32)";
  private static final String POLICY =
      "SELECT obj_description(p.oid, 'pg_policy') AS comment, "
          + DIGEST
          + " AS digest FROM pg_policy p WHERE p.polrelid = ?::bigint::oid AND p.polname = ?";
  private static final String OURS =
      "SELECT p.polrelid::bigint AS id, p.polname AS policy, n.nspname AS schema,"
          + " c.relname AS name, pg_get_userbyid(c.relowner) AS owner"
          + " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_policy'::regclass"
          + " WHERE split_part(d.description, ' ', 1) = ? ORDER BY n.nspname, c.relname, p.polname";

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

  Policies(Transaction transaction, Target target, Seen.Thing role) {
    this.transaction = transaction;
    this.target = target;
    this.role = role;
  }

  /** Returns all policies that carry our marker. */
  static List<Policy> ours(Transaction transaction, Target target) throws SQLException {
    return transaction.list(OURS, Policy::of, target.marker());
  }

  /** Returns how the policies on a table differ from the two that are wanted. */
  List<Difference> compare(SharedTable shared, long table, String owner) throws SQLException {
    return Stream.of(
            compare(shared, table, owner, target.policy(), "PERMISSIVE"),
            compare(shared, table, owner, target.restrictivePolicy(), "RESTRICTIVE"))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<Difference> compare(
      SharedTable shared, long table, String owner, String name, String kind) throws SQLException {
    record Actual(@Nullable String comment, String digest) {}
    List<Actual> actual =
        transaction.list(
            POLICY,
            row -> new Actual(row.getString("comment"), row.getString("digest")),
            table,
            name);
    if (actual.isEmpty()) {
      return Optional.of(
          new Difference(
              "shared table " + shared.place() + " lacks the policy '" + name + "'",
              in -> create(in, shared, table, owner, name, kind)));
    }
    String comment = Objects.requireNonNullElse(actual.get(0).comment(), "");
    if (!comment.startsWith(target.marker() + " ")) {
      return Optional.of(
          Difference.forSomebodyElse(
              "policy '" + name + "' on " + shared.place() + " is not ours", "Rename it"));
    }
    if (!comment.equals(comment(shared, actual.get(0).digest()))) {
      return Optional.of(
          new Difference(
              "policy '" + name + "' on " + shared.place() + " is another",
              in -> {
                new Policy(table, name, shared.schema(), shared.table(), owner).drop(in);
                create(in, shared, table, owner, name, kind);
              }));
    }
    return Optional.empty();
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

  private void create(
      Transaction in, SharedTable shared, long table, String owner, String name, String kind)
      throws SQLException {
    in.lock("database");
    String on = Quoted.identifier(name) + " ON " + quoted(shared.schema(), shared.table());
    String condition =
        "(" + Quoted.identifier(shared.column()) + " = " + Quoted.literal(shared.value()) + ")";
    String remedy = membership(in, owner);
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
    String digest = in.list(POLICY, row -> row.getString("digest"), table, name).get(0);
    in.execute(
        "COMMENT ON POLICY " + on + " IS " + Quoted.literal(comment(shared, digest)), remedy);
  }

  static String quoted(String schema, String table) {
    return Quoted.identifier(schema) + "." + Quoted.identifier(table);
  }

  /** Returns what gives the admin user the rights of a table's owner. */
  static String membership(Transaction in, String owner) {
    return "GRANT " + Quoted.identifier(owner) + " TO " + in.admin();
  }
}
