package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is entered into the audit log, and found there. */
@Timeout(120)
final class AuditLogTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123456789Z");
  private static final AuditQuery ALL = AuditQuery.of("shop");
  private static final Progress PROGRESS = new Progress(List.of(), 1, 1);

  private static EventHeader header(String tenant, long sequence, @Nullable String by) {
    return header(tenant, sequence, by, "run-" + tenant);
  }

  private static EventHeader header(String tenant, long sequence, @Nullable String by, String run) {
    Instant at = NOON.plusSeconds(sequence);
    return new EventHeader(sequence, at, "shop", TenantId.of(tenant), "plan", run, by);
  }

  private static ProvisioningEvent waiting(String tenant, long sequence) {
    return new StepWaiting(header(tenant, sequence, null), "s", "the world", NOON);
  }

  private static List<ProvisioningEvent> run(String tenant) {
    return List.of(
        new RunStarted(header(tenant, 1, "alice"), "provision"),
        new StepDone(header(tenant, 2, "alice"), "a", "created", Duration.ofMillis(5), PROGRESS),
        new StepFailed(header(tenant, 3, "alice"), "b", "no", Duration.ofMillis(7)),
        new RunEnded(
            header(tenant, 4, "alice"), RunStatus.FAILED, "failed", Duration.ofMinutes(1)));
  }

  interface OnAnyDatabase {
    DataSource pool();

    private JdbcStateStore store() {
      return JdbcStateStore.on(pool()).createTables().open();
    }

    private static List<Long> sequences(AuditLog log, AuditQuery query) {
      return log.read(query, null, 100).entries().stream().map(AuditEntry::sequence).toList();
    }

    @Test
    default void anEntrySaysWhoWhatWhenAndWhatCameOfIt() {
      AuditLog log = store().auditLog();
      log.take(run("acme"));
      TenantId acme = TenantId.of("acme");
      Instant at = Instant.parse("2026-01-01T12:00:00.123456Z");
      assertThat(log.read(ALL, null, 10).entries())
          .containsExactly(
              new AuditEntry(
                  "shop",
                  acme,
                  "plan",
                  4,
                  at.plusSeconds(4),
                  "run-acme",
                  "alice",
                  "RunEnded",
                  null,
                  null,
                  "FAILED",
                  Duration.ofMinutes(1),
                  "failed"),
              new AuditEntry(
                  "shop",
                  acme,
                  "plan",
                  3,
                  at.plusSeconds(3),
                  "run-acme",
                  "alice",
                  "StepFailed",
                  "b",
                  null,
                  "failed",
                  Duration.ofMillis(7),
                  "b: failed: no"),
              new AuditEntry(
                  "shop",
                  acme,
                  "plan",
                  2,
                  at.plusSeconds(2),
                  "run-acme",
                  "alice",
                  "StepDone",
                  "a",
                  null,
                  "created",
                  Duration.ofMillis(5),
                  "a: created"),
              new AuditEntry(
                  "shop",
                  acme,
                  "plan",
                  1,
                  at.plusSeconds(1),
                  "run-acme",
                  "alice",
                  "RunStarted",
                  null,
                  "provision",
                  null,
                  null,
                  "provision began"));
    }

    @Test
    default void whatIsToldAgainIsEnteredOnce() {
      AuditLog log = store().auditLog();
      log.take(run("acme").subList(0, 2));
      log.take(run("acme"));
      log.take(run("acme"));
      assertThat(sequences(log, ALL)).containsExactly(4L, 3L, 2L, 1L);
    }

    @Test
    default void entriesAreFoundByTenantPlanRunAndTime() {
      AuditLog log = store().auditLog();
      log.take(run("acme"));
      log.take(run("Acme"));
      assertThat(sequences(log, ALL.tenant(TenantId.of("acme")))).containsExactly(4L, 3L, 2L, 1L);
      assertThat(sequences(log, ALL.run("run-Acme"))).hasSize(4);
      assertThat(sequences(log, ALL.plan("plan"))).hasSize(8);
      assertThat(sequences(log, ALL.plan("other"))).isEmpty();
      assertThat(sequences(log, AuditQuery.of("other"))).isEmpty();
      Instant third = log.read(ALL.run("run-acme"), null, 2).entries().get(1).at();
      assertThat(sequences(log, ALL.run("run-acme").from(third))).containsExactly(4L, 3L);
      assertThat(sequences(log, ALL.run("run-acme").until(third))).containsExactly(2L, 1L);
    }

    @Test
    default void hostileTextsAreEnteredAndHarmNothing() {
      AuditLog log = store().auditLog();
      List<String> hostile =
          List.of(
              "'; DROP TABLE provisioner_event; --", "\u0000nul", "\ud800lone", "\\", "%_\u202e");
      long sequence = 0;
      for (String text : hostile) {
        EventHeader header = header("o'; --\u00e9 %", ++sequence, "by " + text, "run " + sequence);
        log.take(List.of(new StepFailed(header, "s", text + "x".repeat(1_000), Duration.ZERO)));
      }
      List<AuditEntry> entries =
          log.read(ALL.tenant(TenantId.of("o'; --\u00e9 %")), null, 9).entries();
      assertThat(entries).hasSize(hostile.size());
      for (AuditEntry entry : entries) {
        String text = hostile.get((int) entry.sequence() - 1);
        String clean = text.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd');
        assertThat(entry.description()).isEqualTo("s: failed: " + clean + "x".repeat(1_000));
        assertThat(entry.by()).isEqualTo("by " + clean);
      }
    }

    @Test
    default void pagesTakenWhileMoreIsWrittenLoseAndRepeatNothing() throws Exception {
      AuditLog log = store().auditLog();
      int rows = 10_000;
      for (int from = 1; from <= rows; from += 500) {
        List<ProvisioningEvent> events = new ArrayList<>();
        for (int i = from; i < from + 500; i++) {
          events.add(waiting("t" + i % 7, i));
        }
        log.take(events);
      }
      ExecutorService threads = Executors.newSingleThreadExecutor();
      try {
        Future<?> writer =
            threads.submit(
                () -> {
                  for (int i = 1; i <= 300; i++) {
                    log.take(List.of(waiting("newer", rows + i)));
                  }
                });
        Set<Long> seen = new HashSet<>();
        long last = Long.MAX_VALUE;
        String cursor = null;
        do {
          AuditPage page = log.read(ALL, cursor, 333);
          for (AuditEntry entry : page.entries()) {
            assertThat(entry.sequence()).as("newest first, none twice").isLessThan(last);
            last = entry.sequence();
            seen.add(last);
          }
          cursor = page.next();
        } while (cursor != null);
        writer.get(60, TimeUnit.SECONDS);
        for (long i = 1; i <= rows; i++) {
          assertThat(seen).contains(i);
        }
      } finally {
        threads.shutdownNow();
      }
    }

    @Test
    default void entriesOfTheSameInstantArePagedOneByOne() {
      AuditLog log = store().auditLog();
      List<String> expected = new ArrayList<>();
      for (String tenant : List.of("a", "B", "a b", "\u00e9")) {
        log.take(List.of(waiting(tenant, 1)));
        expected.add(tenant);
      }
      List<String> found = new ArrayList<>();
      String cursor = null;
      do {
        AuditPage page = log.read(ALL, cursor, 1);
        page.entries().forEach(entry -> found.add(entry.tenant().value()));
        cursor = page.next();
      } while (cursor != null);
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    default void oldEntriesAreDeletedInBatchesAndOthersStay() {
      AuditLog log = store().auditLog();
      List<ProvisioningEvent> events = new ArrayList<>();
      for (int i = 1; i <= 2_500; i++) {
        events.add(waiting("acme", i));
      }
      log.take(events);
      assertThat(log.deleteBefore("other", Instant.parse("2030-01-01T00:00:00Z"))).isZero();
      assertThat(log.deleteBefore("shop", NOON.plusSeconds(2_491))).isEqualTo(2_490);
      assertThat(sequences(log, ALL)).hasSize(10).endsWith(2_491L);
    }

    @Test
    default void aPageAndItsCursorAreChecked() {
      AuditLog log = store().auditLog();
      assertThatThrownBy(() -> log.read(ALL, null, 0))
          .hasMessage("A page holds 1 to 10000 entries, not 0.");
      for (String wrong : List.of("", "x", "x 1 1:pt", "2026-01-01T00:00:00Z x 1:pt")) {
        assertThatThrownBy(() -> log.read(ALL, wrong, 1))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "Not a cursor of an audit log: '" + wrong + "'. Pass AuditPage.next() unchanged.");
      }
    }

    @Test
    default void aLostAnswerIsToldAndEnteringAgainIsHarmless() {
      store().close();
      FaultyPool faulty = new FaultyPool(pool());
      AuditLog log = JdbcStateStore.on(faulty.dataSource()).open().auditLog();
      faulty.failNext("Connection.commit", true);
      assertThatThrownBy(() -> log.take(run("acme")))
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith("Cannot enter 4 event(s) of shop/plan/acme into the audit log in")
          .hasMessageEndingWith(
              ": cut (SQLState 08006). They may or may not be there: enter them again, which is"
                  + " harmless. See that the database is up, reachable and writable, and try"
                  + " again.");
      log.take(run("acme"));
      faulty.failNext("Connection.commit", false);
      assertThatThrownBy(() -> log.take(run("beta"))).isInstanceOf(StateStoreException.class);
      assertThat(sequences(log, ALL)).hasSize(4);
      log.take(run("beta"));
      assertThat(sequences(log, ALL)).hasSize(8);
    }

    @Test
    default void aClosedStoreTakesNothing() {
      JdbcStateStore store = store();
      AuditLog log = store.auditLog();
      store.close();
      assertThatThrownBy(() -> log.take(run("acme"))).isInstanceOf(IllegalStateException.class);
    }
  }

  @Nested
  final class OnH2 implements OnAnyDatabase {
    @TempDir Path directory;
    private @Nullable JdbcConnectionPool pool;

    @BeforeEach
    void open() {
      pool = Pools.h2File(directory);
    }

    @Override
    public DataSource pool() {
      return java.util.Objects.requireNonNull(pool);
    }

    @AfterEach
    void close() {
      java.util.Objects.requireNonNull(pool).dispose();
    }
  }

  @Nested
  @RequiresPart(RealPart.POSTGRESQL)
  @ExtendWith(Postgres.class)
  final class OnPostgres implements OnAnyDatabase {
    private final HikariDataSource pool;

    OnPostgres(Postgres.Server server) throws Exception {
      pool = Pools.hikari(server.newDatabase(), 2);
    }

    @Override
    public DataSource pool() {
      return pool;
    }

    @AfterEach
    void close() {
      pool.close();
    }
  }
}
