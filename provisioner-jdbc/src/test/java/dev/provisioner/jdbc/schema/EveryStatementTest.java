package dev.provisioner.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.TransientException;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The connection breaks before or after each statement and commit; then another engine goes on. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
final class EveryStatementTest {
  private final Shop shop;

  EveryStatementTest(Postgres.Server server) throws Exception {
    shop = new Shop(server);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /** One operation of a provisioner. */
  private interface Work {
    void on(TenantSchemas schemas) throws Exception;
  }

  /** Counts the statements of an operation that goes well. */
  private int statements(Work work) throws Exception {
    MortalPool immortal = new MortalPool(shop.pool, 0, false);
    work.on(TenantSchemas.on(immortal.dataSource()));
    return immortal.calls();
  }

  /** Breaks it, and returns whether the commit was in doubt. */
  private boolean broken(int at, boolean carriedOut, Work work) {
    TenantSchemas mortal = TenantSchemas.on(new MortalPool(shop.pool, at, carriedOut).dataSource());
    Throwable[] thrown = new Throwable[1];
    assertThatThrownBy(() -> work.on(mortal))
        .satisfies(e -> thrown[0] = e)
        .isInstanceOfAny(TransientException.class, AmbiguousException.class);
    return thrown[0] instanceof AmbiguousException;
  }

  @Test
  void aBrokenCreationIsThereWholeOrNotAtAllAndIsCompletedOnce() throws Exception {
    SchemaSpec spec = shop.full("acme");
    int all = statements(schemas -> schemas.provision(spec, shop.attempt("count")));
    int doubts = 0;
    for (int n = 1; n <= all; n++) {
      for (boolean carriedOut : new boolean[] {false, true}) {
        TestAttempt attempt = shop.attempt("t" + n + carriedOut);
        boolean doubt = broken(n, carriedOut, schemas -> schemas.provision(spec, attempt));
        doubts += doubt ? 1 : 0;
        Found<TenantSchema> found = shop.find(spec, attempt);
        assertThat(found)
            .as("statement %s, carried out: %s", n, carriedOut)
            .isInstanceOf(doubt && carriedOut ? Found.Ours.class : Found.Absent.class);
        TenantSchema made =
            found instanceof Found.Ours<TenantSchema> ours
                ? ours.output()
                : shop.make(spec, attempt.next());
        assertThat(shop.find(spec, attempt)).isEqualTo(Found.ours(made));
        assertThat(shop.count(attempt)).containsExactly("1 1 2");
        requireUsable(made);
      }
    }
    assertThat(all).isGreaterThan(30);
    assertThat(doubts).isEqualTo(2);
  }

  @Test
  void aBrokenChangeHasHappenedWhollyOrNotAndIsCompleted() throws Exception {
    SchemaSpec old = shop.full("acme");
    SchemaSpec wanted = SchemaSpec.standard().named("s count", "r count").rotation(1);
    TestAttempt counted = shop.attempt("count");
    TenantSchema first = shop.make(old, counted);
    int all = statements(schemas -> schemas.update(Known.made(old, first), wanted, counted.next()));
    for (int n = 1; n <= all; n++) {
      for (boolean carriedOut : new boolean[] {false, true}) {
        String id = n + " " + carriedOut;
        SchemaSpec changed = wanted.named("s " + id, "r " + id);
        TestAttempt attempt = shop.attempt("t" + id);
        TenantSchema before = shop.make(old, attempt);
        Known<SchemaSpec, TenantSchema> known = Known.made(old, before);
        boolean doubt =
            broken(n, carriedOut, schemas -> schemas.update(known, changed, attempt.next()));
        Found<TenantSchema> sawOld = shop.schemas().find(known, attempt.next());
        Found<TenantSchema> sawNew =
            shop.schemas().find(Known.made(changed, before), attempt.next());
        assertThat(doubt && carriedOut ? sawOld : sawNew)
            .as("statement %s, carried out: %s", n, carriedOut)
            .isInstanceOf(Found.Incomplete.class);
        assertThat(doubt && carriedOut ? sawNew : sawOld).isInstanceOf(Found.Ours.class);
        TenantSchema after = Shop.output(shop.schemas().update(known, changed, attempt.next()));
        assertThat(shop.find(changed, attempt)).isEqualTo(Found.ours(after));
        assertThat(after.schemaOid()).isEqualTo(before.schemaOid());
        assertThat(after.roleOid()).isEqualTo(before.roleOid());
        assertThat(shop.count(attempt)).containsExactly("1 1 0");
        requireUsable(after);
      }
    }
    assertThat(all).isGreaterThan(20);
  }

  @Test
  void aBrokenRemovalIsCompletedAndLeavesNothing() throws Exception {
    SchemaSpec spec = shop.full("acme");
    TestAttempt counted = shop.attempt("count");
    TenantSchema first = shop.make(spec, counted);
    int all = statements(schemas -> schemas.deprovision(Known.made(spec, first), counted.next()));
    for (int n = 1; n <= all; n++) {
      for (boolean carriedOut : new boolean[] {false, true}) {
        TestAttempt attempt = shop.attempt("t" + n + carriedOut);
        TenantSchema made = shop.make(spec, attempt);
        requireUsable(made);
        Known<SchemaSpec, TenantSchema> known = Known.made(spec, made);
        broken(n, carriedOut, schemas -> schemas.deprovision(known, attempt.next()));
        assertThat(shop.count(attempt))
            .as("statement %s, carried out: %s", n, carriedOut)
            .containsAnyOf("1 1 2", "0 0 0");
        TestAttempt next = attempt.next();
        Removed removed = shop.schemas().deprovision(known, next);
        while (removed instanceof Removed.Pending) { // the session of requireUsable may still end
          removed = shop.schemas().pollRemoval("sessions", known, next);
        }
        assertThat(shop.find(spec, attempt)).isEqualTo(Found.absent());
        assertThat(shop.count(attempt)).containsExactly("0 0 0");
      }
    }
    assertThat(all).isGreaterThan(20);
  }

  private void requireUsable(TenantSchema made) throws Exception {
    try (Connection session = shop.login(made);
        Statement statement = session.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS things (id int)");
      assertThat(
              shop.query(
                  "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                      + " WHERE relname = 'things' AND n.oid = "
                      + made.schemaOid()))
          .isEqualTo(List.of(made.schema()));
    }
  }
}
