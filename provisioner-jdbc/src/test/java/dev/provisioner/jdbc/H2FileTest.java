package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class H2FileTest implements StateStoreContract {
  @TempDir Path directory;
  private JdbcConnectionPool pool = Pools.h2Memory();

  @BeforeEach
  void openPool() {
    pool = Pools.h2File(directory);
  }

  @Override
  public StateStore open() {
    return JdbcStateStore.on(pool).createTables().open();
  }

  @Test
  void aFileThatAnInterruptWouldCloseIsRefused() {
    String url = "jdbc:h2:file:" + directory.resolve("plain");
    JdbcConnectionPool plain = JdbcConnectionPool.create(url, "sa", "");
    try {
      assertThatThrownBy(() -> JdbcStateStore.on(plain).createTables().open())
          .isInstanceOf(StateStoreException.class)
          .hasMessage(
              "State is not kept in the H2 file "
                  + url
                  + ": H2 can lose its content when a thread that uses it is interrupted. Put"
                  + " async: before the path, as in jdbc:h2:async:/var/lib/shop/state; the file is"
                  + " the same.");
    } finally {
      plain.dispose();
    }
  }

  @Test
  void aUserWhoMayNotSyncTheFileIsRefused() throws SQLException {
    Sql.execute(pool, "CREATE USER shop PASSWORD ''");
    JdbcConnectionPool shop = JdbcConnectionPool.create(Pools.h2Url(directory), "shop", "");
    try {
      assertThatThrownBy(() -> JdbcStateStore.on(shop).open())
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith("Cannot open the state store: Admin rights are required")
          .hasMessageEndingWith(
              "(SQLState 90040). No state was changed. Give the user ADMIN: without it H2 does not"
                  + " sync its file when it is asked to.");
    } finally {
      shop.dispose();
    }
  }

  @Test
  void interruptsEndNoWriteAndLoseNothing() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Set<DocumentKey> written = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (StateStore store = open()) {
      CompletableFuture<Thread> writer = new CompletableFuture<>();
      Future<?> writing =
          threads.submit(
              () -> {
                writer.complete(Thread.currentThread());
                for (int i = 0; !enough.get(); i++) {
                  DocumentKey key = Sample.key("t" + i);
                  assertThat(store.write(key, null, Sample.document(new byte[5_000]))).isPresent();
                  written.add(key);
                }
              });
      for (int i = 0; i < 150; i++) {
        TimeUnit.MILLISECONDS.sleep(10);
        writer.get().interrupt();
      }
      enough.set(true);
      writing.get();
      assertThat(written).hasSizeGreaterThan(20);
      assertThat(written).allMatch(key -> store.read(key).isPresent());
    } finally {
      enough.set(true);
      threads.shutdown();
    }
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }
}
