package dev.provisioner.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.StateStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an H2 file has acknowledged is there after its process was killed. */
final class KilledProcessTest {
  @TempDir Path directory;

  @Test
  @Timeout(120)
  void whatAnH2FileHasAcknowledgedSurvivesAKill() throws Exception {
    for (int round = 1; round <= 2; round++) {
      int acknowledged = writeAndKill(60 * round);
      JdbcConnectionPool pool = Pools.h2File(directory);
      try (StateStore store = JdbcStateStore.on(pool).open()) {
        assertThat(IntStream.rangeClosed(1, acknowledged))
            .allMatch(number -> store.read(Sample.key("t" + number)).isPresent());
      } finally {
        pool.dispose();
      }
    }
  }

  /** Returns how many writes the process had acknowledged when it was killed. */
  private int writeAndKill(int atLeast) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Writing.class.getName(),
                    directory.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int acknowledged = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        acknowledged = Integer.parseInt(line);
        if (acknowledged == atLeast) {
          process.toHandle().destroyForcibly(); // which leaves what it wrote to be read
        }
        line = lines.readLine();
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(acknowledged).isGreaterThanOrEqualTo(atLeast);
    return acknowledged;
  }

  /** Writes until it is killed. */
  static final class Writing {
    private Writing() {}

    public static void main(String[] arguments) {
      JdbcConnectionPool pool = Pools.h2File(Path.of(arguments[0]));
      StateStore store = JdbcStateStore.on(pool).createTables().open();
      for (int number = 1; ; number++) {
        String revision =
            store.read(Sample.key("t" + number)).map(StateStore.Versioned::revision).orElse(null);
        assertThat(store.write(Sample.key("t" + number), revision, Sample.document("x")))
            .isPresent();
        System.out.println(number);
      }
    }
  }
}
