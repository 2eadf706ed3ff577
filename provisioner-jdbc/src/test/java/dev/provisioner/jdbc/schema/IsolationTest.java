package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.jdbc.Postgres;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tenant's role can and cannot do. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class IsolationTest {
  private static final String DENIED = "42501";

  private final Shop shop;

  IsolationTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private static void refused(Connection session, String state, String sql) {
    assertThatThrownBy(() -> run(session, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  private static void run(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> read(Connection session, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }

  @Test
  void aTenantWorksInItsSchemaAndReachesNoOther() throws Exception {
    TenantSchema acme = shop.make(SchemaSpec.standard(), shop.attempt("acme"));
    TenantSchema globex = shop.make(SchemaSpec.standard(), shop.attempt("globex"));
    try (Connection session = shop.login(acme);
        Connection other = shop.login(globex)) {
      run(session, "CREATE TABLE secrets (word text); INSERT INTO secrets VALUES ('xyzzy')");
      assertThat(read(session, "SELECT word FROM " + acme.schema() + ".secrets"))
          .containsExactly("xyzzy");
      refused(other, DENIED, "SELECT word FROM " + acme.schema() + ".secrets");
      refused(other, DENIED, "CREATE TABLE " + acme.schema() + ".mine (id int)");
      refused(other, "42P01", "SELECT word FROM secrets");
      refused(other, DENIED, "SET ROLE " + acme.role());
      refused(other, DENIED, "SELECT item FROM shared.orders");
    }
  }

  @Test
  void aTenantCannotDropRenameOrGiveAwayItsSchemaNorChangeTheMarkers() throws Exception {
    SchemaSpec spec = SchemaSpec.standard();
    TestAttempt attempt = shop.attempt("acme");
    TenantSchema acme = shop.make(spec, attempt);
    TenantSchema globex = shop.make(spec, shop.attempt("globex"));
    try (Connection session = shop.login(acme)) {
      refused(session, DENIED, "DROP SCHEMA " + acme.schema());
      refused(session, DENIED, "ALTER SCHEMA " + acme.schema() + " RENAME TO mine");
      refused(session, DENIED, "COMMENT ON SCHEMA " + acme.schema() + " IS 'mine'");
      refused(session, DENIED, "COMMENT ON ROLE " + acme.role() + " IS 'mine'");
      refused(session, DENIED, "CREATE SCHEMA mine");
      run(session, "GRANT USAGE ON SCHEMA " + acme.schema() + " TO " + globex.role());
    }
    assertThat(shop.find(spec, attempt))
        .as("PostgreSQL only warns of the grant, and does nothing")
        .isEqualTo(Found.ours(acme));
  }

  @Test
  void theWrongPasswordAndAnOldOneDoNotLogIn() throws Exception {
    SchemaSpec spec = SchemaSpec.standard();
    TestAttempt attempt = shop.attempt("acme");
    TenantSchema old = shop.make(spec, attempt);
    shop.login(old).close();
    TenantSchema rotated =
        Shop.output(shop.schemas().update(Known.made(spec, old), spec.rotation(1), attempt.next()));
    shop.login(rotated).close();
    assertThatThrownBy(() -> shop.login(old)).hasMessageContaining("password authentication");
    assertThat(rotated.password()).isNotEqualTo(old.password());
    assertThat(rotated.password().reveal()).hasSize(43);
    assertThat(shop.query("SELECT rolpassword FROM pg_authid WHERE oid = " + old.roleOid()).get(0))
        .startsWith("SCRAM-SHA-256$4096:");
  }

  @Test
  void theConnectionLimitHolds() throws Exception {
    TenantSchema acme = shop.make(SchemaSpec.standard().connectionLimit(1), shop.attempt("acme"));
    try (Connection session = shop.login(acme)) {
      assertThat(session.isValid(5)).isTrue();
      assertThatThrownBy(() -> shop.login(acme)).hasMessageContaining("too many connections");
    }
  }

  @Test
  void aSharedTableShowsAndTakesTheTenantsRowsOnly() throws Exception {
    TenantSchema acme = shop.make(shop.full("acme"), shop.attempt("acme"));
    TenantSchema globex = shop.make(shop.full("globex"), shop.attempt("globex"));
    try (Connection one = shop.login(acme);
        Connection other = shop.login(globex)) {
      run(one, "INSERT INTO shared.orders VALUES ('acme', 'anvil')");
      run(other, "INSERT INTO shared.orders VALUES ('globex', 'laser')");
      assertThat(read(one, "SELECT item FROM shared.orders")).containsExactly("anvil");
      assertThat(read(other, "SELECT item FROM shared.orders")).containsExactly("laser");
      refused(one, DENIED, "INSERT INTO shared.orders VALUES ('globex', 'bomb')");
      refused(one, DENIED, "UPDATE shared.orders SET tenant = 'globex'");
      run(one, "UPDATE shared.orders SET item = 'gone' WHERE tenant = 'globex'");
      run(one, "DELETE FROM shared.orders WHERE tenant = 'globex'");
      refused(one, DENIED, "TRUNCATE shared.orders");
      refused(one, "42501", "ALTER TABLE shared.orders DISABLE ROW LEVEL SECURITY");
      run(one, "SET row_security = off");
      refused(one, DENIED, "SELECT item FROM shared.orders");
    }
    assertThat(shop.query("SELECT item FROM shared.orders ORDER BY 1"))
        .containsExactly("anvil", "laser");
  }

  @Test
  void noOtherPolicyOpensTheRowsOfOthers() throws Exception {
    TenantSchema acme = shop.make(shop.full("acme"), shop.attempt("acme"));
    shop.sql(
        "INSERT INTO shared.orders VALUES ('acme', 'anvil'), ('globex', 'laser')",
        "CREATE POLICY careless ON shared.orders USING (true)");
    try (Connection session = shop.login(acme)) {
      assertThat(read(session, "SELECT item FROM shared.orders")).containsExactly("anvil");
    }
  }

  @Test
  void aTableSharedForReadingCannotBeWritten() throws Exception {
    SharedTable orders = SharedTable.rows("shared", "orders", "tenant", "acme").forReading();
    TenantSchema acme = shop.make(SchemaSpec.standard().sharing(orders), shop.attempt("acme"));
    shop.sql("INSERT INTO shared.orders VALUES ('acme', 'anvil')");
    try (Connection session = shop.login(acme)) {
      assertThat(read(session, "SELECT item FROM shared.orders")).containsExactly("anvil");
      refused(session, DENIED, "INSERT INTO shared.orders VALUES ('acme', 'more')");
    }
  }

  @Test
  void aTableThatIsNoLongerSharedIsClosed() throws Exception {
    SchemaSpec spec = shop.full("acme");
    TestAttempt attempt = shop.attempt("acme");
    TenantSchema acme = shop.make(spec, attempt);
    shop.schemas().update(Known.made(spec, acme), SchemaSpec.standard(), attempt.next());
    try (Connection session = shop.login(acme)) {
      refused(session, DENIED, "SELECT item FROM shared.orders");
    }
    assertThat(shop.query("SELECT polname FROM pg_policy")).isEmpty();
    assertThat(
            shop.query(
                "SELECT 1 FROM pg_shdepend WHERE refobjid = "
                    + acme.roleOid()
                    + " AND objid IN ('shared.orders'::regclass, 'shared'::regnamespace)"))
        .isEmpty();
  }

  @Test
  void aReaderReadsWhatTheTenantCreatesUntilItIsNoReaderAnyMore() throws Exception {
    SchemaSpec spec = SchemaSpec.standard();
    TestAttempt attempt = shop.attempt("acme");
    TenantSchema acme = shop.make(spec, attempt);
    Known<SchemaSpec, TenantSchema> known = Known.made(spec, acme);
    try (Connection session = shop.login(acme);
        Connection report = shop.report()) {
      run(session, "CREATE TABLE before (id int); INSERT INTO before VALUES (1)");
      refused(report, DENIED, "SELECT id FROM " + acme.schema() + ".before");
      shop.schemas().update(known, spec.readableBy(shop.reporting), attempt.next());
      run(session, "CREATE TABLE after (id int); INSERT INTO after VALUES (2)");
      assertThat(read(report, "SELECT id FROM " + acme.schema() + ".before")).containsExactly("1");
      assertThat(read(report, "SELECT id FROM " + acme.schema() + ".after")).containsExactly("2");
      refused(report, DENIED, "DELETE FROM " + acme.schema() + ".after");
      shop.schemas().update(known, spec, attempt.next());
      refused(report, DENIED, "SELECT id FROM " + acme.schema() + ".before");
      run(session, "CREATE TABLE last (id int)");
    }
    assertThat(
            shop.query(
                "SELECT 1 FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid"
                    + " WHERE s.dbid <> 0 AND s.deptype = 'a' AND r.rolname = '"
                    + shop.reporting
                    + "'"))
        .as("rights that are left to the former reader")
        .isEmpty();
  }

  @Test
  void theAdminUserKeepsNoMembershipInATenantsRole() throws Exception {
    TestAttempt attempt = shop.attempt("acme");
    TenantSchema acme = shop.make(shop.full("acme"), attempt);
    assertThat(
            shop.query(
                "SELECT pg_has_role('" + shop.admin + "', " + acme.roleOid() + ", 'USAGE')::text"))
        .containsExactly("false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\"; DROP SCHEMA shared CASCADE; --",
        "a'; DROP TABLE shared.orders; --",
        "back\\slash\\' quote",
        "$$ dollar $$",
        "pg",
        "pg_catalog",
        "public",
        "none",
        "current_user",
        "テナント",
        "ＡＣＭＥ",
        "%s%n{0}?",
        "日"
      })
  void anyTenantIdGetsASchemaAndRowsOfItsOwn(String id) throws Exception {
    TestAttempt attempt = shop.attempt(id);
    SchemaSpec spec = shop.full(id);
    TenantSchema made = shop.make(spec, attempt);
    assertThat(shop.find(spec, attempt)).isEqualTo(Found.ours(made));
    try (Connection session = shop.login(made)) {
      run(session, "CREATE TABLE things (id int)");
      shop.sql("INSERT INTO shared.orders VALUES ('acme', 'anvil')");
      run(session, "INSERT INTO shared.orders (tenant) SELECT $q$" + id + "$q$");
      assertThat(read(session, "SELECT tenant FROM shared.orders")).containsExactly(id);
      run(session, "DROP TABLE things");
    }
    assertThat(made.schema()).matches("[a-z][a-z0-9_]{1,57}").doesNotStartWith("pg_");
  }

  @Test
  void idsThatLookAlikeAndLongOnesAreApart() throws Exception {
    String a300 = "a".repeat(300);
    List<String> ids =
        List.of("acme", "Acme", "ACME", "аcme", "a cme", "a_cme", a300, a300 + "a", "ａcme");
    List<TenantSchema> made = new ArrayList<>();
    for (String id : ids) {
      made.add(shop.make(shop.full(id), shop.attempt(id)));
      shop.sql("INSERT INTO shared.orders VALUES ('" + id + "', 'anvil')");
    }
    assertThat(made).extracting(TenantSchema::schema).doesNotHaveDuplicates();
    assertThat(made).extracting(TenantSchema::role).doesNotHaveDuplicates();
    for (int i = 0; i < ids.size(); i++) {
      try (Connection session = shop.login(made.get(i))) {
        assertThat(read(session, "SELECT tenant FROM shared.orders")).containsExactly(ids.get(i));
      }
    }
  }
}
