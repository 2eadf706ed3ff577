package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.provisioner.secret.Secret;
import org.junit.jupiter.api.Test;

final class SchemaSpecTest {
  private final SchemaSpec spec = SchemaSpec.standard();

  @Test
  void aNameOf63BytesIsTakenAndALongerOneIsNot() {
    spec.named("ä".repeat(31) + "x", "role");
    String longer = "ä".repeat(32);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.named(longer, "role"))
        .withMessage(
            "A name in PostgreSQL has 1 to 63 bytes and no control characters, unlike '"
                + longer
                + "'.");
  }

  @Test
  void namesThatPostgresqlKeepsForItselfAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.named("acme", "pg_acme"))
        .withMessage("PostgreSQL keeps the name 'pg_acme' for itself; give the role another.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.named("public", "acme"))
        .withMessage("PostgreSQL keeps the name 'public' for itself; give the schema another.");
  }

  @Test
  void aPasswordThatDriversPrepareDifferentlyIsRefusedAndNotShown() {
    for (String password : new String[] {"pässwort!", "short", "x".repeat(129), "tab\tstops"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> spec.password(Secret.of(password)))
          .withMessage(
              "A password has 8 to 128 printable ASCII characters; the given one does not.");
    }
  }

  @Test
  void nothingIsNamedTwice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.readableBy("reports", "reports"))
        .withMessage("A reader is named twice among [reports, reports].");
    SharedTable orders = SharedTable.rows("shared", "orders", "tenant", "acme");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.sharing(orders).sharing(orders.forReading()))
        .withMessage("A shared table is named twice among [shared.orders, shared.orders].");
  }

  @Test
  void theLimitIsAtLeastNone() {
    assertThat(spec.connectionLimit(0).connectionLimit()).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec.connectionLimit(-2))
        .withMessage("A connection limit is 0 or more, or -1 for none, not -2.");
  }

  @Test
  void aRowsValueHasNoControlCharacters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SharedTable.rows("shared", "orders", "tenant", "a\0b"))
        .withMessage(
            "The value of tenant in a tenant's rows has no control characters and is not empty.");
  }

  @Test
  void neitherSpecNorOutputShowsThePassword() {
    Secret password = Secret.of("correct horse");
    assertThat(spec.password(password).toString()).doesNotContain("horse").contains("[secret]");
    assertThat(new TenantSchema("db", "s", "r", password, 1, 2).toString())
        .isEqualTo(
            "TenantSchema[database=db, schema=s, role=r, password=[secret], schemaOid=1,"
                + " roleOid=2]");
  }
}
