package dev.provisioner.jdbc.schema;

import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.tenant.NameRule;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Makes a schema, and a role that logs in to it, for each tenant in a PostgreSQL database (13 or
 * later).
 *
 * <pre>{@code
 * TenantSchemas schemas = TenantSchemas.on(adminDataSource);
 * Step<Signup, TenantSchema> schema =
 *     Step.named("schema", schemas).from(tenant -> SchemaSpec.standard().connectionLimit(20));
 * }</pre>
 *
 * <p><b>What is made.</b> The schema belongs to the admin user; the tenant's role may use it and
 * create in it, and owns what it creates. The role can therefore neither drop, rename nor give away
 * its schema, nor change its marker. It reaches no other schema except through what the database
 * gives to everybody ({@code PUBLIC}) and the spec's shared tables.
 *
 * <p><b>A crash.</b> Everything is created, commented with the marker and granted in one
 * transaction, and so is every change: it is there whole or not at all. A commit whose answer was
 * lost is ambiguous, and {@link #find} waits for it before it looks.
 *
 * <p><b>Whose is it?</b> The marker is in the comments of schema and role; the ids (oids) are
 * compared too. A schema that was restored from a dump has another id and is ambiguous.
 *
 * <p><b>The password</b> is remembered before the role gets it. The server receives a SCRAM-SHA-256
 * verifier only, so its logs and statistics never hold the password; they may hold the verifier,
 * against which weak passwords can be guessed.
 *
 * <p><b>Removal</b> closes the login, ends the role's sessions, and drops schema and role with all
 * they hold in one transaction. It is refused before anything is touched while the role owns
 * something outside of its schema (in this database, another, or a large object), or something
 * outside depends on the schema (a view, a foreign key).
 *
 * <p>Every change is in place; another name renames. Drift is all that the spec says, and what only
 * an administrator could have added: rights of others on the schema, a superuser's powers.
 * Memberships that an administrator has granted to the role, and its rights elsewhere, are his.
 *
 * <p>Thread-safe; starts no threads and needs no closing. Uses one connection for each call.
 */
public final class TenantSchemas implements Provisioner<SchemaSpec, TenantSchema> {
  /** Longer ones would leave no room for what policies append. */
  private static final Kind<SchemaSpec, TenantSchema> KIND =
      Kind.of("tenant-schema", SchemaSpec.class, TenantSchema.class)
          .names(NameRule.underscored(57));

  private static final String UNCHANGED = "Nothing was changed.";
  private static final Duration LOCKED = Duration.ofSeconds(1);
  private static final Duration SESSIONS_END = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final DataSource dataSource;
  private final Transactions transactions;

  private TenantSchemas(DataSource dataSource, Duration lock, Duration statement) {
    this.dataSource = dataSource;
    this.transactions = new Transactions(dataSource, lock, statement);
  }

  /**
   * Returns a provisioner that waits 5 seconds for locks and a minute for a statement.
   *
   * @param admin leads to the tenants' database on the primary server, as a user who need not be a
   *     superuser; it must not join the caller's transaction
   */
  public static TenantSchemas on(DataSource admin) {
    Connections.requireIndependent(
        admin, "What was recorded as made must not vanish with the caller's transaction");
    return new TenantSchemas(admin, Duration.ofSeconds(5), Duration.ofMinutes(1));
  }

  /**
   * Returns this provisioner with other limits.
   *
   * @param lock after how long waiting for another transaction's lock is given up; 1 millisecond to
   *     1 hour. Who waits for a lock makes others wait
   * @param statement after how long a statement is ended, such as the one that drops everything; 1
   *     second to 1 hour
   */
  public TenantSchemas timeouts(Duration lock, Duration statement) {
    requireWithin("lock", lock, Duration.ofMillis(1));
    requireWithin("statement", statement, Duration.ofSeconds(1));
    return new TenantSchemas(dataSource, lock, statement);
  }

  private static void requireWithin(String what, Duration time, Duration least) {
    if (time.compareTo(least) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "The " + what + " time-out is " + least + " to " + LONGEST + ", not " + time + ".");
    }
  }

  @Override
  public Kind<SchemaSpec, TenantSchema> kind() {
    return KIND;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Compares all that the spec says, from the catalogs alone.
   */
  @Override
  public Found<TenantSchema> find(Known<SchemaSpec, TenantSchema> known, Attempt attempt) {
    Target target = new Target(known.spec(), attempt);
    Failures failures = new Failures("look for " + target.place(), UNCHANGED);
    try {
      return transactions.look(
          attempt, failures, transaction -> new Making(transaction, target, known).find());
    } catch (SQLException e) {
      if (SqlState.of(e).is("55P03")) {
        return Found.busy(LOCKED, "another transaction that works on " + target.place());
      }
      throw failures.of(e);
    }
  }

  @Override
  public Provisioned<TenantSchema> provision(SchemaSpec spec, Attempt attempt) {
    return make(Known.begun(spec), attempt);
  }

  /** Always in place: a schema that is made anew would be empty. */
  @Override
  public Change change(Known<SchemaSpec, TenantSchema> current, SchemaSpec wanted) {
    return Change.update();
  }

  @Override
  public Provisioned<TenantSchema> update(
      Known<SchemaSpec, TenantSchema> current, SchemaSpec wanted, Attempt attempt) {
    return make(
        current.output().map(output -> Known.made(wanted, output)).orElse(Known.begun(wanted)),
        attempt);
  }

  private Provisioned<TenantSchema> make(Known<SchemaSpec, TenantSchema> wanted, Attempt attempt) {
    Target target = new Target(wanted.spec(), attempt);
    target.passwords().remember();
    Failures failures = new Failures("make " + target.place(), UNCHANGED);
    return Provisioned.done(
        transactions.change(
            attempt, failures, transaction -> new Making(transaction, target, wanted).make()));
  }

  @Override
  public Removed deprovision(Known<SchemaSpec, TenantSchema> known, Attempt attempt) {
    Target target = new Target(known.spec(), attempt);
    Failures failures =
        new Failures(
            "remove " + target.place(),
            "Nothing was dropped, but the role may not be able to log in any more.");
    Removal.Step step = Removal.Step.LOGIN_CLOSED;
    while (step == Removal.Step.LOGIN_CLOSED) {
      step =
          transactions.change(
              attempt, failures, transaction -> new Removal(transaction, target, known).next());
    }
    return step == Removal.Step.GONE
        ? Removed.gone()
        : Removed.pending("sessions", SESSIONS_END, "the sessions of the role to end");
  }

  @Override
  public Removed pollRemoval(
      String handle, Known<SchemaSpec, TenantSchema> known, Attempt attempt) {
    return deprovision(known, attempt);
  }
}
