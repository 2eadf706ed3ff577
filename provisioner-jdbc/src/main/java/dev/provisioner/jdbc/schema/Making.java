package dev.provisioner.jdbc.schema;

import dev.provisioner.error.PermanentException;
import dev.provisioner.jdbc.internal.Quoted;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for a tenant's schema and role, and makes them as wanted, in one transaction. */
final class Making {
  private final Transaction transaction;
  private final Target target;
  private final Known<SchemaSpec, TenantSchema> known;

  Making(Transaction transaction, Target target, Known<SchemaSpec, TenantSchema> known) {
    this.transaction = transaction;
    this.target = target;
    this.known = known;
  }

  Found<TenantSchema> find() throws SQLException {
    Seen seen = look();
    Optional<Found<TenantSchema>> objection = seen.objection();
    if (objection.isPresent()) {
      return objection.get();
    }
    if (seen.isEmpty()) {
      return Found.absent();
    }
    List<String> texts = differences(seen).stream().map(Difference::text).toList();
    Optional<TenantSchema> output = output(seen);
    return texts.isEmpty() && output.isPresent()
        ? Found.ours(output.get())
        : new Found.Incomplete<>(output.orElse(null), texts);
  }

  /** Creates what is missing and mends what differs. Ends with nothing that differs. */
  TenantSchema make() throws SQLException {
    Seen seen = look();
    seen.requireOurs();
    for (Difference difference : identity(seen)) {
      difference.fix().in(transaction);
    }
    for (Difference difference : details(look())) {
      difference.fix().in(transaction);
    }
    Seen made = look();
    List<Difference> left = differences(made);
    if (!left.isEmpty()) {
      throw new PermanentException(
          "Cannot make "
              + target.place()
              + " as wanted, because "
              + String.join("; ", left.stream().map(Difference::text).toList())
              + " even after PostgreSQL took the statements. Nothing was changed. The admin user "
              + transaction.admin()
              + " lacks a right (see the README of provisioner-jdbc), or an event trigger"
              + " interferes.");
    }
    return output(made)
        .orElseThrow(() -> new IllegalStateException("Nothing differs and nothing is there."));
  }

  private Seen look() throws SQLException {
    return Seen.read(transaction, target, known);
  }

  private Optional<TenantSchema> output(Seen seen) {
    Optional<Secret> password =
        target.passwords().password().or(() -> known.output().map(TenantSchema::password));
    if (seen.schema().isEmpty() || seen.role().isEmpty() || password.isEmpty()) {
      return Optional.empty();
    }
    Seen.Thing schema = seen.schema().get();
    Seen.Thing role = seen.role().get();
    return Optional.of(
        new TenantSchema(
            transaction.database(),
            schema.name(),
            role.name(),
            password.get(),
            schema.id(),
            role.id()));
  }

  private List<Difference> differences(Seen seen) throws SQLException {
    List<Difference> all = new ArrayList<>(identity(seen));
    all.addAll(details(seen));
    return all;
  }

  /** What exists, and what it is called. */
  private List<Difference> identity(Seen seen) {
    List<Difference> differences = new ArrayList<>();
    String role = target.role();
    String schema = target.schema();
    seen.role()
        .ifPresentOrElse(
            there -> rename(there, role, RoleDifferences.remedy(transaction, role), differences),
            () -> differences.add(new Difference("the role is missing", this::createRole)));
    seen.schema()
        .ifPresentOrElse(
            there -> rename(there, schema, rightToCreate(), differences),
            () -> differences.add(new Difference("the schema is missing", this::createSchema)));
    return differences;
  }

  private static void rename(
      Seen.Thing thing, String wanted, String remedy, List<Difference> differences) {
    if (!thing.name().equals(wanted)) {
      String command = thing.what().equals("role") ? "ALTER ROLE " : "ALTER SCHEMA ";
      differences.add(
          new Difference(
              thing + " is to be called '" + wanted + "'",
              in ->
                  in.execute(
                      command
                          + Quoted.identifier(thing.name())
                          + " RENAME TO "
                          + Quoted.identifier(wanted),
                      remedy)));
    }
  }

  private void createRole(Transaction in) throws SQLException {
    String role = Quoted.identifier(target.role());
    in.execute("CREATE ROLE " + role, "ALTER ROLE " + in.admin() + " CREATEROLE");
    String remedy = RoleDifferences.remedy(in, target.role());
    in.execute("COMMENT ON ROLE " + role + " IS " + Quoted.literal(target.marker()), remedy);
  }

  private void createSchema(Transaction in) throws SQLException {
    String schema = Quoted.identifier(target.schema());
    in.execute("CREATE SCHEMA " + schema, rightToCreate());
    in.execute(
        "COMMENT ON SCHEMA " + schema + " IS " + Quoted.literal(target.marker()), rightToCreate());
  }

  private String rightToCreate() {
    return "GRANT CREATE ON DATABASE "
        + Quoted.identifier(transaction.database())
        + " TO "
        + transaction.admin();
  }

  /** What they are like. */
  private List<Difference> details(Seen seen) throws SQLException {
    List<Difference> differences = new ArrayList<>();
    if (seen.role().isPresent()) {
      Seen.Thing role = seen.role().get();
      differences.addAll(RoleDifferences.of(transaction, target, role));
      if (seen.schema().isPresent()) {
        differences.addAll(SchemaDifferences.of(transaction, target, seen.schema().get(), role));
      }
      differences.addAll(SharedDifferences.of(transaction, target, role));
    }
    return differences;
  }
}
