package dev.provisioner.proofs.nodes;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.JdbcStateStore;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.Arguments;
import dev.provisioner.proofs.Audit;
import dev.provisioner.proofs.AuditedStore;
import dev.provisioner.proofs.Backend;
import dev.provisioner.proofs.Directories;
import dev.provisioner.proofs.Records;
import dev.provisioner.proofs.Wire;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Versioned;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.parts.PostgresServer;
import dev.provisioner.testkit.tcp.TcpFaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Has nodes share a queue on a PostgreSQL server while they are killed, stopped and cut off. */
public final class Nodes {
  private static final Duration STUCK = Duration.ofMinutes(3);

  private final List<Script> scripts;
  private final int nodes;
  private final Duration over;
  private final Random random;
  private final Path directory;
  private final Deque<Blow> first;
  private final List<String> faults = new ArrayList<>();

  private Nodes(
      int tenants, int nodes, Duration over, long seed, List<Blow> first, Path directory) {
    this.scripts = Script.of(tenants, seed);
    this.nodes = nodes;
    this.over = over;
    this.random = new Random(seed);
    this.first = new ArrayDeque<>(first);
    this.directory = directory;
  }

  /** Runs the proof and ends the process: 0 if nothing is lost or done twice, else 1. */
  public static void main(String[] args) throws Exception {
    Arguments.Values values =
        Arguments.of("nodes")
            .option("tenants", 2_000, 2, 1_000_000, "that are provisioned, changed and removed")
            .option("nodes", 3, 2, 16, "that share the database")
            .option("seconds", 180, 1, 86_400, "over which what is asked is spread")
            .option("seed", 1, 0, Long.MAX_VALUE, "of what is asked for and of the blows")
            .readOrExit(args);
    System.out.println("nodes   " + values.values());
    List<String> faults =
        run(
            values.count("tenants"),
            values.count("nodes"),
            Duration.ofSeconds(values.get("seconds")),
            values.get("seed"),
            List.of(Blow.values()));
    faults.forEach(each -> System.out.println("FAULT " + each));
    System.out.println(faults.isEmpty() ? "No fault." : faults.size() + " faults.");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /**
   * Runs the proof. Returns the faults; the directory is kept if there are some.
   *
   * @param first the first blows; those that follow are chosen at random
   */
  static List<String> run(int tenants, int nodes, Duration over, long seed, List<Blow> first)
      throws Exception {
    Path directory = Files.createTempDirectory("nodes-");
    Files.createDirectory(directory.resolve("audit"));
    List<String> faults = new Nodes(tenants, nodes, over, seed, first, directory).run();
    if (faults.isEmpty()) {
      Directories.delete(directory);
    } else {
      System.out.println("Logs and errors are in " + directory);
    }
    return faults;
  }

  private List<String> run() throws Exception {
    Backend backend = new Backend();
    List<TcpFaultProxy> proxies = new ArrayList<>();
    try (PostgresServer server = PostgresServer.start();
        Database database = new Database(server.url());
        Desk desk = new Desk(backend)) {
      int port = URI.create(server.url().substring("jdbc:".length())).getPort();
      for (int i = 0; i <= nodes; i++) {
        proxies.add(
            TcpFaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      }
      String url = server.url().replace(":" + port + "/", ":%d/");
      Takeovers takeovers = new Takeovers();
      Plan<Diamond.Wish> plan = Diamond.plan(new Records(new Wire(desk.port()), "clerk"));
      try (HikariDataSource pool =
              Database.pool(url.formatted(proxies.get(nodes).port()), "clerk", 8);
          StateStore store = audited(pool);
          ProvisioningEngine engine = idle(store, plan);
          Clerk clerk = new Clerk(pool, engine, plan, desk)) {
        database.witness();
        try (Crew crew =
            new Crew(nodes, directory, desk, database, takeovers, proxies, url, random)) {
          work(crew, database, desk, clerk, backend);
        }
        faults.addAll(clerk.faults());
        System.out.printf(
            "asked again, as the answer was lost: %d submissions, %d provisions by an engine%n",
            clerk.again(), desk.again());
      }
      faults.addAll(desk.faults());
      faults.addAll(backend.faults());
      Verdict verdict = new Verdict(database, backend);
      faults.addAll(verdict.faults(scripts));
      System.out.println(verdict);
      inspect(server.url(), plan, backend, database, takeovers);
    } finally {
      for (TcpFaultProxy each : proxies) {
        each.close();
      }
    }
    return faults;
  }

  private StateStore audited(HikariDataSource pool) throws IOException {
    StateStore store =
        JdbcStateStore.on(pool).queryTimeout(Node.QUERY_TIMEOUT).createTables().open();
    return new AuditedStore(store, directory.resolve("audit").resolve("clerk"));
  }

  /** An engine that takes nothing over. */
  private static ProvisioningEngine idle(StateStore store, Plan<Diamond.Wish> plan) {
    return ProvisioningEngine.builder(store)
        .installation(Node.INSTALLATION)
        .sweepInterval(Duration.ofMinutes(30))
        .plans(plan)
        .build();
  }

  private void work(Crew crew, Database database, Desk desk, Clerk clerk, Backend backend)
      throws IOException, InterruptedException, SQLException {
    crew.awaitReady();
    long began = System.nanoTime();
    clerk.begin(scripts, over);
    harass(crew, database, desk, clerk, backend);
    double seconds = (System.nanoTime() - began) / 1e9;
    awaitTidy(database);
    faults.addAll(crew.end());
    System.out.println(crew);
    System.out.printf(
        "%,d effects in %.0f s; %,d calls refused because they came late%n",
        backend.effects(), seconds, backend.late());
  }

  /** Strikes until all is done, or nothing happens any more. */
  private void harass(Crew crew, Database database, Desk desk, Clerk clerk, Backend backend)
      throws IOException, InterruptedException, SQLException {
    long effects = -1;
    long moved = System.nanoTime();
    while (!first.isEmpty() || !clerk.isDone() || !desk.idle() || database.open() > 0) {
      Thread.sleep(500 + random.nextInt(3_000)); // when it strikes must be left to chance
      boolean wanted = !first.isEmpty();
      Blow blow = wanted ? first.remove() : Blow.draw(random);
      if (!crew.strike(blow) && wanted) {
        faults.add(blow + " found nothing to strike.");
      }
      if (backend.effects() != effects) {
        effects = backend.effects();
        moved = System.nanoTime();
      } else if (System.nanoTime() - moved > STUCK.toNanos()) {
        faults.add(
            "Nothing happens any more. Submitted: %s; engines asked: %s; jobs that stand: %s"
                .formatted(clerk.isDone(), desk.idle(), database.standing()));
        return;
      }
    }
  }

  /** A node may have died between the end of a job and that of its row in the scheduler's table. */
  private static void awaitTidy(Database database) throws InterruptedException, SQLException {
    long end = System.nanoTime() + STUCK.toNanos();
    while (database.scheduled() > 0 && System.nanoTime() < end) {
      Thread.sleep(100);
    }
  }

  /** Compares what is recorded with what the backend has, and follows all writes. */
  private void inspect(
      String url, Plan<Diamond.Wish> plan, Backend backend, Database database, Takeovers takeovers)
      throws IOException, SQLException {
    try (HikariDataSource pool = Database.pool(url, "inspection", 2);
        StateStore store = JdbcStateStore.on(pool).open();
        ProvisioningEngine engine = idle(store, plan)) {
      Map<String, String> recorded = new TreeMap<>();
      for (Script script : scripts) {
        for (Step<Diamond.Wish, ?> step : plan.fixedSteps()) {
          engine
              .output(plan, TenantId.of(script.tenant()), step)
              .map(Records.Row.class::cast)
              .ifPresent(row -> recorded.put(row.id(), row.value()));
        }
      }
      Map<String, String> there = backend.rows();
      there.entrySet().removeAll(recorded.entrySet());
      recorded.entrySet().removeAll(backend.rows().entrySet());
      if (!there.isEmpty() || !recorded.isEmpty()) {
        faults.add("Only the backend has " + there + "; recorded only are " + recorded);
      }
      Audit audit = Audit.of(directory.resolve("audit"), documents(store));
      faults.addAll(audit.faults());
      System.out.println(audit);
      takeovers.measure(audit.taken(), database);
      System.out.println(takeovers);
    }
  }

  private static Map<String, Versioned> documents(StateStore store) {
    Map<String, Versioned> documents = new TreeMap<>();
    String cursor = null;
    do {
      StateStore.Page page = store.list(StateStore.Query.all(Node.INSTALLATION), cursor, 1_000);
      for (Listed each : page.documents()) {
        documents.put(each.key().tenant().value(), store.read(each.key()).orElseThrow());
      }
      cursor = page.next();
    } while (cursor != null);
    return documents;
  }
}
