package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a removal takes along, and what it leaves. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class RemovalTest {
  private final Shop shop;
  private final TestAttempt attempt;
  private final SchemaSpec spec;
  private TenantSchema made;

  RemovalTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
    attempt = shop.attempt("acme");
    spec = shop.full("acme");
    made = shop.make(spec, attempt);
  }

  @BeforeEach
  void fill() throws Exception {
    asTenant("CREATE TABLE things (id int PRIMARY KEY); CREATE VIEW seen AS SELECT id FROM things");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void asTenant(String sql) throws Exception {
    try (Connection session = shop.login(made);
        Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private Removed remove() throws Exception {
    Removed removed = shop.schemas().deprovision(Known.made(spec, made), attempt.next());
    for (int i = 0; i < 100 && removed instanceof Removed.Pending pending; i++) {
      TimeUnit.MILLISECONDS.sleep(pending.pollAfter().toMillis());
      removed =
          shop.schemas().pollRemoval(pending.handle(), Known.made(spec, made), attempt.next());
    }
    return removed;
  }

  private void refuses(String message) throws Exception {
    assertThatThrownBy(this::remove)
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessage(message);
    assertThat(shop.find(spec, attempt)).as("what stands").isEqualTo(Found.ours(made));
  }

  @Test
  void itTakesWhatIsInTheSchemaWhoeverMadeItAndLeavesAllElse() throws Exception {
    String schema = made.schema();
    shop.sql(
        "CREATE TABLE " + schema + ".migrated (id int REFERENCES " + schema + ".things)",
        "CREATE EXTENSION citext SCHEMA " + schema,
        "CREATE TABLE shared.own (id int)",
        "INSERT INTO shared.orders VALUES ('acme', 'anvil')");
    TestAttempt other = shop.attempt("globex");
    TenantSchema globex = shop.make(shop.full("globex"), other);

    assertThat(remove()).isEqualTo(Removed.gone());

    assertThat(shop.find(spec, attempt)).isEqualTo(Found.absent());
    assertThat(shop.count(attempt)).containsExactly("0 0 0");
    assertThat(shop.query("SELECT 1 FROM pg_roles WHERE rolname = '" + made.role() + "'"))
        .isEmpty();
    assertThat(shop.query("SELECT 1 FROM pg_namespace WHERE nspname = '" + schema + "'")).isEmpty();
    assertThat(shop.find(shop.full("globex"), other)).isEqualTo(Found.ours(globex));
    assertThat(shop.query("SELECT item FROM shared.orders")).containsExactly("anvil");
    assertThat(shop.query("SELECT count(*) FROM shared.own")).containsExactly("0");
  }

  @Test
  void anOpenSessionIsEndedAndNoNewOneBegins() throws Exception {
    try (Connection session = shop.login(made)) {
      Removed first = shop.schemas().deprovision(Known.made(spec, made), attempt.next());
      assertThat(first)
          .isEqualTo(
              Removed.pending(
                  "sessions", Duration.ofMillis(250), "the sessions of the role to end"));
      assertThatThrownBy(() -> shop.login(made)).hasMessageContaining("not permitted to log in");
      assertThat(shop.find(spec, attempt))
          .isEqualTo(Found.incomplete(made, "the role may not log in"));
      assertThat(session.isValid(5)).isFalse();
    }
    assertThat(remove()).isEqualTo(Removed.gone());
  }

  @Test
  void aTableOfTheRoleInAnotherSchemaKeepsItFromBeingRemoved() throws Exception {
    shop.sql(
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.kept (id int)",
        "ALTER TABLE elsewhere.kept OWNER TO " + made.role());
    refuses(
        "The role '"
            + made.role()
            + "' also has table elsewhere.kept, outside its schema. Nothing was dropped. In the"
            + " database that has it, give it to somebody else (REASSIGN OWNED BY \""
            + made.role()
            + "\" TO ...) or drop it (DROP OWNED BY \""
            + made.role()
            + "\"), and resume the run.");
    shop.sql("REASSIGN OWNED BY " + made.role() + " TO provisioner");
    assertThat(shop.query("SELECT count(*) FROM elsewhere.kept")).containsExactly("0");
  }

  @Test
  void rightsOfTheRoleInAnotherDatabaseKeepItFromBeingRemoved() throws Exception {
    try (Shop other = new Shop(shop.server)) {
      other.sql("GRANT USAGE ON SCHEMA shared TO " + made.role());
      refuses(
          "The role '"
              + made.role()
              + "' also has something in database "
              + other.database
              + ", outside its schema. Nothing was dropped. In the database that has it, give it"
              + " to somebody else (REASSIGN OWNED BY \""
              + made.role()
              + "\" TO ...) or drop it (DROP OWNED BY \""
              + made.role()
              + "\"), and resume the run.");
      other.sql("DROP OWNED BY " + made.role());
      assertThat(remove()).isEqualTo(Removed.gone());
    }
  }

  @Test
  void aLargeObjectOfTheTenantKeepsItFromBeingRemoved() throws Exception {
    asTenant("SELECT lo_create(4711)");
    assertThatThrownBy(this::remove)
        .hasMessageStartingWith(
            "The role '" + made.role() + "' also has large object 4711, outside its schema.");
  }

  @Test
  void whatHangsOnTheSchemaFromOutsideKeepsItFromBeingRemoved() throws Exception {
    String things = made.schema() + ".things";
    shop.sql(
        "CREATE SCHEMA elsewhere",
        "CREATE VIEW elsewhere.report AS SELECT id FROM " + things,
        "CREATE TABLE elsewhere.linked (id int REFERENCES " + things + ")");
    refuses(
        "The schema '"
            + made.schema()
            + "' cannot be dropped without constraint linked_id_fkey on table elsewhere.linked,"
            + " rule _RETURN on view elsewhere.report, outside"
            + " of it. Nothing was dropped. Drop or change what depends on the schema, and resume"
            + " the run.");
    shop.sql("DROP VIEW elsewhere.report", "DROP TABLE elsewhere.linked");
    assertThat(remove()).isEqualTo(Removed.gone());
  }

  @Test
  void rightsThatSomebodyElseGaveInThisDatabaseAreTakenBackOrNamed() throws Exception {
    shop.sql("CREATE TABLE public.lent (id int)", "GRANT SELECT ON public.lent TO " + made.role());
    assertThatThrownBy(this::remove)
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessage(
            "Cannot remove schema '"
                + made.schema()
                + "' and role '"
                + made.role()
                + "': ERROR: role \""
                + made.role()
                + "\" cannot be dropped because some objects depend on it; Detail: privileges for"
                + " table public.lent (SQLState 2BP01). Nothing was dropped, but the role may not"
                + " be able to log in any more. Remove what depends on it, or give it to somebody"
                + " else, and resume the run.");
    shop.sql("REVOKE ALL ON public.lent FROM " + made.role());
    assertThat(remove()).isEqualTo(Removed.gone());
  }

  @Test
  void aSchemaMadeAnewUnderTheSameNameAndMarkerIsNotDropped() throws Exception {
    String schema = made.schema();
    shop.sql(
        "DROP SCHEMA " + schema + " CASCADE",
        "CREATE SCHEMA " + schema,
        "COMMENT ON SCHEMA " + schema + " IS '" + attempt.marker().text() + "'");
    assertThatThrownBy(this::remove)
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessageMatching(
            "The schema '.*' and role '.*' are not for us to touch: schema '"
                + schema
                + "' carries our marker, but is number \\d+ and not "
                + made.schemaOid()
                + ", which we made: it was made anew or restored from a dump\\. If it is the"
                + " tenant's, adopt it\\. Nothing was changed\\. Give the step other names, or"
                + " remove what is in the way\\.");
    assertThat(shop.query("SELECT 1 FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .containsExactly("1");
  }

  @Test
  void aSchemaThatSomebodyDroppedIsRemovedWithItsRole() throws Exception {
    shop.sql("DROP SCHEMA " + made.schema() + " CASCADE");
    assertThat(shop.find(spec, attempt)).isEqualTo(Found.incomplete(null, "the schema is missing"));
    assertThat(remove()).isEqualTo(Removed.gone());
    assertThat(shop.count(attempt)).containsExactly("0 0 0");
  }

  @Test
  void aRenamedSchemaIsStillFoundByItsMarkerAndRemoved() throws Exception {
    shop.sql("ALTER SCHEMA " + made.schema() + " RENAME TO moved" + made.schemaOid());
    assertThat(remove()).isEqualTo(Removed.gone());
    assertThat(shop.count(attempt)).containsExactly("0 0 0");
  }
}
