package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that the server cuts at any instant, and rows that somebody has locked. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
@Timeout(120)
final class CutConnectionsTest {
  private static final int WRITERS = 6;
  private static final int SECONDS = Integer.getInteger("jdbc.cut.seconds", 5);

  private final HikariDataSource pool;
  private final HikariDataSource admin;
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger inDoubt = new AtomicInteger();

  CutConnectionsTest(Postgres.Server server) throws Exception {
    String url = server.newDatabase();
    pool = Pools.hikari(url, 3);
    admin = Pools.hikari(url + "&ApplicationName=admin", 2);
  }

  @AfterEach
  void close() {
    pool.close();
    admin.close();
  }

  @Test
  void whatWasAcknowledgedStaysAndNothingIsWrittenTwice() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try (StateStore one = JdbcStateStore.on(pool).createTables().open();
        StateStore other = JdbcStateStore.on(pool).open()) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      List<Future<List<String>>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        StateStore store = i % 2 == 0 ? one : other;
        writers.add(threads.submit(() -> appendUntil(end, store, writer)));
      }
      int cuts = cutUntil(end);
      List<String> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        List<String> ids = writers.get(i).get();
        assertThat(lines(one, Sample.key("own-" + i)))
            .containsExactlyElementsOf(ids.stream().filter(id -> id.endsWith("o")).toList());
        all.addAll(ids);
      }
      assertThat(lines(one, Sample.key("shared")))
          .containsExactlyInAnyOrderElementsOf(
              all.stream().filter(id -> id.endsWith("s")).toList());
      assertThat(cuts).isGreaterThan(10);
      assertThat(inDoubt.get()).isGreaterThan(0);
      assertThat(written.get()).isGreaterThan(100);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Appends lines to a document of its own and to one that all share; returns them. */
  private List<String> appendUntil(long end, StateStore store, int writer) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; System.nanoTime() < end; i++) {
      for (String to : List.of("own-" + writer, "shared")) {
        String id = writer + "." + i + (to.equals("shared") ? "s" : "o");
        append(store, Sample.key(to), id);
        ids.add(id);
      }
    }
    return ids;
  }

  /**
   * Appends a line as an engine would write: in doubt it reads, and writes over what it has read.
   */
  private void append(StateStore store, DocumentKey key, String id) {
    while (true) {
      try {
        Optional<StateStore.Versioned> read = store.read(key);
        String text = read.map(Sample::text).orElse("");
        if (text.lines().anyMatch(id::equals)) {
          return; // it had happened
        }
        String revision = read.map(StateStore.Versioned::revision).orElse(null);
        if (store.write(key, revision, Sample.document(text + id + "\n")).isPresent()) {
          written.incrementAndGet();
          return;
        }
      } catch (StateStoreException e) {
        if (String.valueOf(e.getMessage()).contains("may or may not")) {
          inDoubt.incrementAndGet();
        }
      }
    }
  }

  private static List<String> lines(StateStore store, DocumentKey key) {
    return Sample.text(store.read(key).orElseThrow()).lines().toList();
  }

  private int cutUntil(long end) throws Exception {
    int cuts = 0;
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
      List<String> cut =
          Sql.query(
              admin,
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND application_name <> 'admin'"
                  + " AND state = 'active' ORDER BY random() LIMIT 1");
      cuts += Collections.frequency(cut, "t");
    }
    return cuts;
  }

  @Test
  void aRowThatSomebodyHasLockedHoldsUpNoOtherDocument() throws Exception {
    Duration timeout = Duration.ofSeconds(2);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (StateStore store = JdbcStateStore.on(pool).queryTimeout(timeout).createTables().open();
        Connection locking = admin.getConnection();
        Statement statement = locking.createStatement()) {
      DocumentKey locked = Sample.key("locked");
      String revision = store.write(locked, null, Sample.document("1")).orElseThrow();
      locking.setAutoCommit(false);
      statement.execute("SELECT * FROM provisioner_state FOR UPDATE");
      Future<Optional<String>> waiting =
          threads.submit(() -> store.write(locked, revision, Sample.document("2")));
      int others = 0;
      while (!waiting.isDone()) {
        assertThat(store.write(Sample.key("t" + others++), null, Sample.document("x"))).isPresent();
      }
      assertThat(others).isGreaterThan(20);
      assertThatThrownBy(waiting::get)
          .cause()
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "Cannot write the state of shop-eu/onboarding/locked in the PostgreSQL database "
                  + pool.getJdbcUrl().split("\\?", 2)[0]
                  + ": another transaction has locked the row (SQLState 55P03). Nothing was"
                  + " written; what was recorded before stands. Look for long transactions on the"
                  + " table and for load, or raise queryTimeout(...).");
      locking.rollback();
      assertThat(store.write(locked, revision, Sample.document("2"))).isPresent();
    } finally {
      threads.shutdownNow();
    }
  }
}
