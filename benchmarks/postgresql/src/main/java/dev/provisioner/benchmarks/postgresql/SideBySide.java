package dev.provisioner.benchmarks.postgresql;

import dev.provisioner.benchmarks.postgresql.Things.Wish;
import dev.provisioner.plan.Plan;
import dev.provisioner.testkit.parts.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures this library and others on one PostgreSQL server with default settings. Figures of one
 * run compare with each other; those of two runs, or of two machines, do not.
 */
public final class SideBySide {
  private static final int CLIENTS = 64;

  private final PostgresServer server;
  private final Settings settings;
  private final Goals goals = new Goals();

  private SideBySide(PostgresServer server, Settings settings) {
    this.server = server;
    this.settings = settings;
  }

  public static void main(String[] arguments) throws Exception {
    if (List.of(arguments).contains("--help")) {
      System.out.print(Settings.USAGE);
      return;
    }
    Settings settings;
    try {
      settings = Settings.read(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Settings.USAGE);
      System.exit(2);
      return;
    }
    try (PostgresServer server = PostgresServer.start()) {
      SideBySide benchmarks = new SideBySide(server, settings);
      benchmarks.about();
      benchmarks.run();
    }
    System.exit(0); // whatever threads the others leave
  }

  private void about() throws SQLException, IOException {
    System.out.printf(
        "PostgreSQL %s, fsync %s, synchronous_commit %s; Java %s; %d processors; load average %s%n",
        Database.text(server.url(), "SHOW server_version"),
        Database.text(server.url(), "SHOW fsync"),
        Database.text(server.url(), "SHOW synchronous_commit"),
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        Contest.load());
  }

  private void run() throws Exception {
    if (settings.wants("steps")) {
      steps();
    }
    if (settings.wants("single")) {
      single();
    }
    if (settings.wants("latency")) {
      latency();
    }
    if (settings.wants("takeover")) {
      takeover();
    }
    if (settings.wants("growth")) {
      growth();
    }
    goals.print();
  }

  private Contest contest() {
    return new Contest(server, settings.repeats());
  }

  /** Durable steps a second: eight steps for each of many tenants. */
  private void steps() throws Exception {
    Duration warmUp = settings.warmUp();
    Duration window = settings.window();
    Plan<Wish> chain = new Things().chain(8);
    Plan<Wish> diamond = new Things().diamond();
    int workflows = settings.jobs() / 8;
    Medians medians =
        contest()
            .add("ours, chain", Ours.direct(chain, 8, CLIENTS, warmUp, window))
            .add("ours, diamond", Ours.direct(diamond, 8, CLIENTS, warmUp, window))
            .add("DBOS, 10 connections", Dbos.direct(8, 10, CLIENTS, warmUp, window))
            .add("DBOS, 32 connections", Dbos.direct(8, 32, CLIENTS, warmUp, window))
            .add("DBOS, queue, 10 connections, drained", Dbos.drained(8, 10, workflows))
            .run("Durable steps a second, plans of eight steps");
    double dbos = medians.best("DBOS", "");
    goals.atLeast("steps a second, chain : DBOS's best", medians.of("ours, chain") / dbos, 5);
    goals.atLeast("steps a second, diamond : DBOS's best", medians.of("ours, diamond") / dbos, 5);
  }

  /** Runs of one step a second, against the scheduler below the queue. */
  private void single() throws Exception {
    Plan<Wish> one = new Things().chain(1);
    int jobs = settings.jobs();
    Medians medians =
        contest()
            .add("db-scheduler, 10 threads", RawScheduler.drained(2 * jobs, 10))
            .add("db-scheduler, 32 threads", RawScheduler.drained(2 * jobs, 32))
            .add("db-scheduler, 64 threads", RawScheduler.drained(2 * jobs, 64))
            .add("ours, direct", Ours.direct(one, 1, CLIENTS, settings.warmUp(), settings.window()))
            .add("ours, queue, 16 workers", Ours.queued(one, jobs, 16))
            .add("ours, queue, 64 workers", Ours.queued(one, jobs, 64))
            .run("Runs of one step a second");
    double raw = medians.best("db-scheduler", " drained");
    goals.atLeast(
        "runs a second, direct : db-scheduler's best", medians.of("ours, direct") / raw, 1);
    goals.atLeast(
        "runs a second, queue : db-scheduler's best",
        medians.best("ours, queue", " drained") / raw,
        0.5);
  }

  /** From a submission to the first call, in milliseconds. */
  private void latency() throws Exception {
    int count = settings.oneByOne();
    Duration window = settings.window();
    contest()
        .add("db-scheduler, immediate", Latency.of(Submitters::scheduler, count, window))
        .add("ours, direct", Latency.of(Submitters::oursDirect, count, window))
        .add("ours, queue", Latency.of(Submitters::oursQueue, count, window))
        .add("DBOS, direct", Latency.of(Submitters::dbosDirect, count, window))
        .add("DBOS, queue", Latency.of(Submitters::dbosQueue, settings.quick() ? 5 : 20, window))
        .run("Milliseconds from a submission to the first call");
  }

  /** From kill -9 to when another process goes on, in seconds. */
  private void takeover() throws Exception {
    Map<String, List<Double>> pauses = new LinkedHashMap<>();
    for (Victim.Speed speed : Victim.Speed.values()) {
      new Takeover(server)
          .run(speed, settings.kills())
          .forEach((kind, seconds) -> pauses.put(speed + ", " + kind + " calls", seconds));
    }
    Contest.print("Seconds from kill -9 to when another goes on", pauses, List.of(Contest.load()));
  }

  /** What a run costs, by the number of tenants. */
  private void growth() throws Exception {
    try (Growth growth = new Growth(settings)) {
      for (int tenants : settings.tenants()) {
        growth.fill(server, tenants);
      }
      Medians rates =
          Contest.print("Runs a second, 64 clients, direct", growth.run(), List.of(Contest.load()));
      int few = settings.tenants().get(0);
      for (int many : settings.tenants().subList(1, settings.tenants().size())) {
        for (String plan : Growth.PLANS) {
          goals.atMost(
              "cost of a run, " + plan + ", " + many + " : " + few + " tenants",
              rates.of(Growth.name(plan, few)) / rates.of(Growth.name(plan, many)),
              1.2);
        }
      }
    }
  }
}
