package dev.provisioner.jdbc.schema;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Marker;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is there under the wanted names, the marker or the known ids, and whose it is.
 *
 * <p>The marker is the schema's comment and begins the role's. Neither can be written by the
 * tenant: the schema belongs to the admin user, and a comment on a role needs {@code CREATEROLE}.
 */
final class Seen {
  private static final String ROLES =
      "SELECT r.oid::bigint AS id, r.rolname AS name,"
          + " shobj_description(r.oid, 'pg_authid') AS comment,"
          + " pg_has_role(r.oid, 'USAGE') AS owned, '' AS owner"
          + " FROM pg_roles r WHERE r.rolname = ? OR r.oid = ?::bigint::oid OR r.oid IN"
          + " (SELECT objoid FROM pg_shdescription WHERE classoid = 'pg_authid'::regclass"
          + " AND split_part(description, ' ', 1) = ?)";
  private static final String SCHEMAS =
      "SELECT n.oid::bigint AS id, n.nspname AS name,"
          + " obj_description(n.oid, 'pg_namespace') AS comment,"
          + " pg_has_role(n.nspowner, 'USAGE') AS owned, pg_get_userbyid(n.nspowner) AS owner"
          + " FROM pg_namespace n WHERE n.nspname = ? OR n.oid = ?::bigint::oid OR n.oid IN"
          + " (SELECT objoid FROM pg_description WHERE classoid = 'pg_namespace'::regclass"
          + " AND objsubid = 0 AND split_part(description, ' ', 1) = ?)";

  /**
   * A schema or a role.
   *
   * @param owned whether the admin user has its owner's rights
   * @param owner the owner of a schema
   */
  record Thing(
      String what, long id, String name, @Nullable String comment, boolean owned, String owner) {

    /** The comment's first word. */
    @Nullable String marker() {
      return comment == null ? null : comment.strip().split("\\s", 2)[0];
    }

    @Override
    public String toString() {
      return what + " '" + name + "'";
    }
  }

  private final Target target;
  private final List<Thing> schemas;
  private final List<Thing> roles;
  private final Optional<TenantSchema> known;
  private final String database;

  private Seen(
      Target target,
      List<Thing> schemas,
      List<Thing> roles,
      Optional<TenantSchema> known,
      String database) {
    this.target = target;
    this.schemas = schemas;
    this.roles = roles;
    this.known = known;
    this.database = database;
  }

  static Seen read(Transaction transaction, Target target, Known<SchemaSpec, TenantSchema> known)
      throws SQLException {
    long schema = known.output().map(TenantSchema::schemaOid).orElse(0L);
    long role = known.output().map(TenantSchema::roleOid).orElse(0L);
    return new Seen(
        target,
        things(transaction, "schema", SCHEMAS, target.schema(), schema, target.marker()),
        things(transaction, "role", ROLES, target.role(), role, target.marker()),
        known.output(),
        transaction.database());
  }

  private static List<Thing> things(
      Transaction transaction, String what, String query, String name, long id, String marker)
      throws SQLException {
    return transaction.list(
        query,
        row ->
            new Thing(
                what,
                row.getLong("id"),
                row.getString("name"),
                row.getString("comment"),
                row.getBoolean("owned"),
                row.getString("owner")),
        name,
        id,
        marker);
  }

  /** Returns the schema that is ours, if there is one. */
  Optional<Thing> schema() {
    return schemas.stream().filter(this::isOurs).findFirst();
  }

  /** Returns the role that is ours, if there is one. */
  Optional<Thing> role() {
    return roles.stream().filter(this::isOurs).findFirst();
  }

  private boolean isOurs(Thing thing) {
    return target.marker().equals(thing.marker());
  }

  boolean isEmpty() {
    return schemas.isEmpty() && roles.isEmpty();
  }

  /** Returns why this is not for us to touch, if so. */
  Optional<Found<TenantSchema>> objection() {
    if (known.isPresent() && !known.get().database().equals(database)) {
      return Optional.of(
          Found.ambiguous(
              "It was made in database '"
                  + known.get().database()
                  + "', and the DataSource leads to '"
                  + database
                  + "'. Give the engine the right one."));
    }
    List<Thing> others = new ArrayList<>(schemas);
    others.addAll(roles);
    others.removeIf(this::isOurs);
    if (!others.isEmpty()) {
      return Optional.of(
          others.stream()
              .map(Seen::foreign)
              .flatMap(Optional::stream)
              .findFirst()
              .orElseGet(() -> unmarked(others.get(0))));
    }
    return doubt("schema", schemas, known.map(TenantSchema::schemaOid))
        .or(() -> doubt("role", roles, known.map(TenantSchema::roleOid)));
  }

  private static Optional<Found<TenantSchema>> foreign(Thing thing) {
    return Marker.parse(thing.marker())
        .map(marker -> Found.foreign(thing + " carries the marker " + marker.text()));
  }

  private static Found<TenantSchema> unmarked(Thing thing) {
    return Found.unmarked(thing + " carries no marker of ours");
  }

  private static Optional<Found<TenantSchema>> doubt(
      String what, List<Thing> things, Optional<Long> known) {
    if (things.size() > 1) {
      return Optional.of(
          Found.ambiguous(
              things
                  + " carry the marker of one "
                  + what
                  + ". Find out which is the tenant's, and take the comment off the others."));
    }
    if (things.size() == 1 && known.isPresent() && things.get(0).id() != known.get()) {
      return Optional.of(
          Found.ambiguous(
              things.get(0)
                  + " carries our marker, but is number "
                  + things.get(0).id()
                  + " and not "
                  + known.get()
                  + ", which we made: it was made anew or restored from a dump. If it is the"
                  + " tenant's, adopt it."));
    }
    return Optional.empty();
  }

  /** Refuses what is not for us to touch. */
  void requireOurs() {
    objection()
        .ifPresent(
            found -> {
              throw new PermanentException(
                  "The "
                      + target.place()
                      + " are not for us to touch: "
                      + why(found)
                      + " Nothing was changed. Give the step other names, or remove what is in the"
                      + " way.");
            });
  }

  private static String why(Found<TenantSchema> found) {
    if (found instanceof Found.Foreign<TenantSchema> foreign) {
      return foreign.owner() + ".";
    }
    if (found instanceof Found.Unmarked<TenantSchema> unmarked) {
      return unmarked.description() + ".";
    }
    return ((Found.Ambiguous<TenantSchema>) found).reason();
  }
}
