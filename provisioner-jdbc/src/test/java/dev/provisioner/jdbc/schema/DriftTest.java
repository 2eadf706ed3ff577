package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody changed is seen, named, and mended. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class DriftTest {
  private final Shop shop;
  private final TestAttempt attempt;
  private final SchemaSpec spec;
  private final TenantSchema made;

  DriftTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
    attempt = shop.attempt("acme");
    spec = shop.full("acme");
    made = shop.make(spec, attempt);
    try (Connection session = shop.login(made);
        Statement statement = session.createStatement()) {
      statement.execute("CREATE TABLE things (id int)");
    }
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private String named(String text) {
    return text.replace("TENANT", made.role())
        .replace("REPORTING", shop.reporting)
        .replace("%ADMIN%", '"' + shop.admin + '"')
        .replace("%DB%", shop.database);
  }

  private void seenAndMended(String text) {
    assertThat(shop.find(spec, attempt)).isEqualTo(Found.incomplete(made, text));
    assertThat(shop.make(spec, attempt.next())).isEqualTo(made);
    assertThat(shop.find(spec, attempt)).isEqualTo(Found.ours(made));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ALTER ROLE TENANT NOLOGIN | the role may not log in
          ALTER ROLE TENANT CONNECTION LIMIT 99 | the role's connection limit is 99 instead of 5
          ALTER ROLE TENANT VALID UNTIL '2020-01-01' | the role's password expires
          ALTER ROLE TENANT CREATEROLE | the role has CREATEROLE
          ALTER ROLE TENANT RESET ALL; ALTER ROLE TENANT IN DATABASE %DB% RESET ALL | the role's search path is another
          COMMENT ON ROLE TENANT IS 'MARKER' | the role's password is another, or was never confirmed
          SET ROLE %ADMIN%; REVOKE CONNECT ON DATABASE %DB% FROM TENANT; RESET ROLE | the role may not connect to the database
          REVOKE CREATE ON SCHEMA TENANT FROM TENANT | role 'TENANT' lacks CREATE on the schema
          GRANT USAGE ON SCHEMA TENANT TO PUBLIC | everybody has USAGE on the schema
          GRANT CREATE ON SCHEMA TENANT TO \"REPORTING\" | role 'REPORTING' has CREATE on the schema
          REVOKE USAGE ON SCHEMA TENANT FROM \"REPORTING\" | role 'REPORTING' lacks USAGE on the schema
          REVOKE SELECT ON TENANT.things FROM \"REPORTING\" | role 'REPORTING' cannot read all tables of the schema
          ALTER SCHEMA TENANT RENAME TO \"moved TENANT\" | schema 'moved TENANT' is to be called 'TENANT'
          DROP POLICY TENANT ON shared.orders | shared table shared.orders lacks the policy 'TENANT'
          ALTER POLICY TENANT_only ON shared.orders USING (true) | policy 'TENANT_only' on shared.orders is another
          ALTER POLICY TENANT ON shared.orders TO PUBLIC | policy 'TENANT' on shared.orders is another
          GRANT TRUNCATE ON shared.orders TO TENANT | the role has TRUNCATE on shared.orders
          REVOKE INSERT ON shared.orders FROM TENANT | the role lacks INSERT on shared.orders
          REVOKE USAGE ON SCHEMA shared FROM TENANT | the role lacks USAGE on schema shared
          """)
  void driftIsNamedAndMended(String change, String text) throws Exception {
    String sql = named(change).replace("MARKER", attempt.marker().text());
    shop.sql(sql);
    if (change.startsWith("ALTER SCHEMA")) {
      Found.Incomplete<TenantSchema> found =
          (Found.Incomplete<TenantSchema>) shop.find(spec, attempt);
      assertThat(found.differences()).contains(named(text));
      assertThat(shop.make(spec, attempt.next())).isEqualTo(made);
      return;
    }
    seenAndMended(named(text));
  }

  @Test
  void aSuperusersPowersAreNamedAndLeftToASuperuser() throws Exception {
    shop.sql("ALTER ROLE " + made.role() + " SUPERUSER");
    assertThat(((Found.Incomplete<TenantSchema>) shop.find(spec, attempt)).differences())
        .contains("the role has SUPERUSER");
    assertThatThrownBy(() -> shop.make(spec, attempt.next()))
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessageContaining("(SQLState 42501). Nothing was changed. Let somebody who may run:");
  }

  @Test
  void aTableWhoseRowLevelSecurityIsOffIsNamedAndLeftToItsOwner() throws Exception {
    shop.sql("ALTER TABLE shared.orders DISABLE ROW LEVEL SECURITY");
    assertThat(shop.find(spec, attempt))
        .isEqualTo(Found.incomplete(made, "shared table shared.orders has no row-level security"));
    assertThatThrownBy(() -> shop.make(spec, attempt.next()))
        .isExactlyInstanceOf(PermanentException.class)
        .hasMessage(
            "Shared table shared.orders has no row-level security. Nothing was changed. Let its"
                + " owner run: ALTER TABLE \"shared\".\"orders\" ENABLE ROW LEVEL SECURITY, and"
                + " resume the run.");
  }

  @Test
  void anotherDatabaseIsAmbiguous() throws Exception {
    try (Shop other = new Shop(shop.server)) {
      assertThat(other.schemas().find(Known.made(spec, made), attempt.next()))
          .isEqualTo(
              Found.ambiguous(
                  "It was made in database '"
                      + shop.database
                      + "', and the DataSource leads to '"
                      + other.database
                      + "'. Give the engine the right one."));
    }
  }
}
