package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.benchmarks.postgresql.Victim.Speed;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Kills processes ({@code kill -9}) in the middle of a provisioner's call, and takes the time until
 * a process that lives goes on with their runs.
 */
final class Takeover {
  private static final int AT_ONCE = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final PostgresServer server;
  private final Map<String, Long> wentOn = new ConcurrentHashMap<>();

  Takeover(PostgresServer server) {
    this.server = server;
  }

  /** Returns how many seconds each run stood still, by the kind of its provisioner. */
  Map<String, List<Double>> run(Speed speed, int kills) throws Exception {
    Map<String, List<Double>> pauses = Collections.synchronizedMap(new LinkedHashMap<>());
    ExecutorService killers = Executors.newFixedThreadPool(AT_ONCE);
    try (Database database = Database.create(server);
        HikariDataSource pool = database.pool(8);
        StateStore store = Ours.store(pool);
        ProvisioningEngine engine = Victim.engine(store, speed, this::goesOn, false);
        JobQueue queue = Victim.queue(pool, engine, speed)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < kills; i++) {
        String name = "victim-" + i;
        Callable<Boolean> kill = () -> kill(start(database, speed, name), speed, pauses);
        all.add(killers.submit(kill));
      }
      for (Future<?> kill : all) {
        kill.get();
      }
    } finally {
      killers.shutdownNow();
    }
    return pauses;
  }

  private void goesOn(String kind, String tenant) {
    wentOn.put(kind + tenant, System.nanoTime());
  }

  private static Process start(Database database, Speed speed, String name) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx96m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            database.url(),
            speed.name(),
            name)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Kills it some time after its calls have begun, and waits until both of its runs go on. */
  private boolean kill(Process process, Speed speed, Map<String, List<Double>> pauses)
      throws IOException, InterruptedException {
    String tenant;
    long killed;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      tenant = lines.readLine();
      if (tenant == null) {
        throw new IOException("A process that was to be killed ended by itself.");
      }
      Thread.sleep(ThreadLocalRandom.current().nextLong(speed.lease().toMillis() / 3));
    } finally {
      killed = System.nanoTime();
      process.destroyForcibly().waitFor();
    }
    for (String kind : Victim.KINDS) {
      double seconds = (awaitGoingOn(kind + tenant, killed) - killed) / 1e9;
      pauses.computeIfAbsent(kind, any -> new CopyOnWriteArrayList<>()).add(seconds);
    }
    return true;
  }

  /** Returns when another process went on with a run, by the nano clock. */
  private long awaitGoingOn(String run, long killed) throws InterruptedException {
    while (true) {
      Long time = wentOn.get(run);
      if (time != null) {
        return time;
      }
      if (System.nanoTime() - killed > PATIENCE.toNanos()) {
        throw new IllegalStateException("Nobody goes on with " + run + ".");
      }
      Thread.sleep(10);
    }
  }
}
