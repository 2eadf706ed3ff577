package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.jdbc.Sql;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong is told, and nothing is changed by it. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class FailureTest {
  private final Shop shop;
  private final TestAttempt attempt;
  private final SchemaSpec spec;
  private final String name;

  FailureTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
    attempt = shop.attempt("acme");
    spec = shop.full("acme");
    name = attempt.name();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void refuses(SchemaSpec refused, String message) throws Exception {
    assertThatThrownBy(() -> shop.make(refused, attempt.next()))
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessage(message);
    assertThat(shop.count(attempt)).containsExactly("0 0 0");
  }

  private String cannotMake(String reason, String remedy) {
    return "Cannot make schema '"
        + name
        + "' and role '"
        + name
        + "': ERROR: "
        + reason
        + " (SQLState 42501). Nothing was changed. Let somebody who may run: "
        + remedy
        + "; then resume the run.";
  }

  @Test
  void anAdminUserWhoMayNotCreateRolesIsToldHowHeMay() throws Exception {
    shop.sql("ALTER ROLE \"" + shop.admin + "\" NOCREATEROLE");
    String detail =
        shop.version() < 160000
            ? ""
            : "; Detail: Only roles with the CREATEROLE attribute may create roles.";
    refuses(
        spec,
        cannotMake(
            ("permission denied to create role" + detail).replaceAll("\\.$", ""),
            "ALTER ROLE \"" + shop.admin + "\" CREATEROLE"));
  }

  @Test
  void anAdminUserWhoMayNotCreateSchemasIsToldHowHeMay() throws Exception {
    String right = " CREATE ON DATABASE \"" + shop.database + "\" ";
    shop.sql("REVOKE" + right + "FROM \"" + shop.admin + "\"");
    refuses(
        spec,
        cannotMake(
            "permission denied for database " + shop.database,
            "GRANT" + right + "TO \"" + shop.admin + "\""));
  }

  @Test
  void anAdminUserWhoDoesNotOwnTheSharedTableIsToldWhoDoes() throws Exception {
    shop.sql("ALTER TABLE shared.orders OWNER TO provisioner");
    refuses(
        spec,
        cannotMake(
            "must be owner of table orders", "GRANT \"provisioner\" TO \"" + shop.admin + "\""));
  }

  @Test
  void aReaderThatDoesNotExistIsNamed() throws Exception {
    refuses(
        spec.readableBy("nobody"),
        "Role 'nobody', which is to read the schema, does not exist. Nothing was changed. Create"
            + " it or take it out of the spec, and resume the run.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          uuid | 0B0E1C6A-7D1B-4B53-8E1E-1B7C5B0B7E2A
          integer | 007
          bigint | acme
          name | acme
          citext | acme
          char(9) | acme
          """)
  void aColumnInWhichTwoIdsCouldBeOneIsRefused(String type, String value) throws Exception {
    shop.sql(
        "CREATE EXTENSION citext SCHEMA public",
        "CREATE TABLE shared.odd (tenant " + type + ")",
        "ALTER TABLE shared.odd ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE shared.odd OWNER TO \"" + shop.admin + "\"");
    String shown =
        type.equals("citext") ? "public.citext" : type.equals("char(9)") ? "character" : type;
    refuses(
        spec.sharing(SharedTable.rows("shared", "odd", "tenant", value)),
        "Shared table shared.odd cannot hold '"
            + value
            + "' in tenant of type "
            + shown
            + " as it is spelt. Nothing was changed. Mend the table or take it out of the spec, and"
            + " resume the run.");
  }

  @Test
  void aColumnWhoseCollationTakesTwoIdsForOneIsRefused() throws Exception {
    shop.sql(
        "CREATE COLLATION public.lax (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)",
        "CREATE TABLE shared.odd (tenant text COLLATE public.lax)",
        "ALTER TABLE shared.odd ENABLE ROW LEVEL SECURITY");
    refuses(
        spec.sharing(SharedTable.rows("shared", "odd", "tenant", "acme")),
        "Shared table shared.odd compares tenant under a collation that takes different ids for"
            + " one. Nothing was changed. Mend the table or take it out of the spec, and resume the"
            + " run.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          uuid | 0b0e1c6a-7d1b-4b53-8e1e-1b7c5b0b7e2a
          smallint | -7
          integer | 7
          bigint | 9000000000
          varchar(9) | acme
          """)
  void aColumnOfAPlainTypeIsTaken(String type, String value) throws Exception {
    shop.sql(
        "CREATE TABLE shared.plain (tenant " + type + ")",
        "ALTER TABLE shared.plain ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE shared.plain OWNER TO \"" + shop.admin + "\"");
    SchemaSpec shared = spec.sharing(SharedTable.rows("shared", "plain", "tenant", value));
    TenantSchema made = shop.make(shared, attempt);
    assertThat(shop.find(shared, attempt)).isEqualTo(Found.ours(made));
    try (Connection session = shop.login(made);
        Statement statement = session.createStatement()) {
      statement.execute("INSERT INTO shared.plain VALUES ('" + value + "')");
    }
  }

  @Test
  void aLockedTableIsLeftAndTriedAgain() throws Exception {
    TenantSchemas impatient = shop.schemas().timeouts(Duration.ofMillis(50), Duration.ofSeconds(5));
    try (Connection locking = shop.superuser.getConnection();
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("SELECT * FROM shared.orders");
      assertThatThrownBy(() -> impatient.provision(spec, attempt))
          .isExactlyInstanceOf(TransientException.class)
          .hasMessage(
              "Cannot make schema '"
                  + name
                  + "' and role '"
                  + name
                  + "': ERROR: canceling statement due to lock timeout (SQLState 55P03). Nothing"
                  + " was changed. Another transaction holds a lock on it, or it takes longer than"
                  + " the time-out: look for long transactions, or raise timeouts(...).");
      locking.rollback();
    }
    assertThat(shop.find(spec, attempt)).isEqualTo(Found.absent());
    shop.make(spec, attempt.next());
  }

  @Test
  void aTransactionThatIsStillOnItsWayIsWaitedFor() throws Exception {
    try (Connection working = shop.superuser.getConnection();
        Statement statement = working.createStatement()) {
      working.setAutoCommit(false);
      statement.execute(
          "SELECT pg_advisory_xact_lock(hashtextextended('provisioner schema "
              + attempt.marker().text()
              + "', 0))");
      TenantSchemas impatient =
          shop.schemas().timeouts(Duration.ofMillis(50), Duration.ofSeconds(5));
      assertThat(impatient.find(Known.begun(spec), attempt))
          .isEqualTo(
              Found.busy(
                  Duration.ofSeconds(1),
                  "another transaction that works on schema '"
                      + name
                      + "' and role '"
                      + name
                      + "'"));
      working.rollback();
      assertThat(impatient.find(Known.begun(spec), attempt)).isEqualTo(Found.absent());
    }
  }

  @Test
  void creatorsOfTheSameMakeItOnceAndGetTheSame() throws Exception {
    attempt.remember("password-0", Secret.of("the same for all"));
    attempt.remember("fingerprint-key", Secret.of("the same key"));
    List<Object> made = race(4, i -> shop.make(spec, attempt.next()));
    assertThat(made).allMatch(made.get(0)::equals);
    assertThat(shop.count(attempt)).containsExactly("1 1 2");
  }

  @Test
  void ofCreatorsWhoWantTheSameNamesOneWins() throws Exception {
    List<TestAttempt> attempts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      attempts.add(shop.attempt("rival" + i));
    }
    SchemaSpec named = SchemaSpec.standard().named("wanted", "wanted " + name);
    List<Object> results = race(4, i -> shop.make(named, attempts.get(i)));
    assertThat(results).filteredOn(TenantSchema.class::isInstance).hasSize(1);
    assertThat(results)
        .filteredOn(result -> !(result instanceof TenantSchema))
        .hasSize(3)
        .allSatisfy(
            result ->
                assertThat(result)
                    .isInstanceOfAny(TransientException.class, PermanentException.class));
    int owners = 0;
    for (TestAttempt one : attempts) {
      Found<TenantSchema> found = shop.find(named, one);
      assertThat(found).isInstanceOfAny(Found.Ours.class, Found.Foreign.class);
      owners += found instanceof Found.Ours ? 1 : 0;
    }
    assertThat(owners).isEqualTo(1);
  }

  @Test
  void tenantsWhoShareATableAreMadeAtTheSameTime() throws Exception {
    List<Object> results = race(4, i -> shop.make(shop.full("t" + i), shop.attempt("t" + i)));
    assertThat(results).allMatch(TenantSchema.class::isInstance);
  }

  private interface Creation {
    TenantSchema of(int i);
  }

  /** Returns what each creator got, or what was thrown at it. */
  private static List<Object> race(int creators, Creation creation) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(creators);
    CyclicBarrier start = new CyclicBarrier(creators);
    try {
      List<Future<TenantSchema>> calls = new ArrayList<>();
      for (int i = 0; i < creators; i++) {
        int number = i;
        calls.add(
            threads.submit(
                () -> {
                  start.await();
                  return creation.of(number);
                }));
      }
      List<Object> results = new ArrayList<>();
      for (Future<TenantSchema> call : calls) {
        try {
          results.add(call.get());
        } catch (ExecutionException e) {
          results.add(e.getCause());
        }
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aCallWhoseTimeIsOverChangesNothing() throws Exception {
    assertThatThrownBy(() -> shop.make(spec, attempt.within(Duration.ZERO)))
        .isExactlyInstanceOf(TransientException.class)
        .hasMessage(
            "Cannot make schema '"
                + name
                + "' and role '"
                + name
                + "': the time for the call is over, or it was cancelled. Nothing was changed.");
    assertThat(shop.count(attempt)).containsExactly("0 0 0");
  }

  @Test
  void anotherDatabaseSystemIsRefused() {
    JdbcConnectionPool h2 = JdbcConnectionPool.create("jdbc:h2:mem:none", "sa", "");
    assertThatThrownBy(() -> TenantSchemas.on(h2).provision(spec, attempt))
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessage("Tenant schemas are made in PostgreSQL; the DataSource leads to H2.");
    h2.dispose();
  }

  @Test
  void theConnectionGoesBackAsItCame() throws Exception {
    shop.make(spec, attempt);
    assertThat(Sql.query(shop.pool, "SHOW lock_timeout")).containsExactly("0");
    assertThat(Sql.query(shop.pool, "SHOW search_path")).containsExactly("\"$user\", public");
  }
}
