package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.benchmarks.postgresql.Things.Wish;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.parts.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run costs, by how many tenants there are already. A database for each number, all filled
 * before the first measurement; they take turns like contestants.
 */
final class Growth implements AutoCloseable {
  private static final int CLIENTS = 64;
  static final List<String> PLANS = List.of("one step", "eight steps");

  private static final String TEMPLATE = "tenant-1";

  /** Copies of what the engine wrote for one tenant; the tenant's name is in the document, too. */
  private static final String FILL =
      """
      INSERT INTO provisioner_state
        (installation, plan, tenant, revision, lifecycle, run_status, plan_version, due_at,
         updated_at, document)
      SELECT s.installation, s.plan, 'stored-' || n, gen_random_uuid(), s.lifecycle, s.run_status,
        s.plan_version, s.due_at, s.updated_at,
        convert_to(replace(convert_from(s.document, 'UTF8'), '%s', 'stored-' || n), 'UTF8')
      FROM provisioner_state s CROSS JOIN generate_series(1, %d) AS n
      WHERE s.tenant = '%s'
      """;

  private final Settings settings;
  private final Things things = new Things();
  private final Plan<Wish> one = things.chain(1);
  private final Plan<Wish> eight = things.chain(8);
  private final Map<Integer, Database> databases = new LinkedHashMap<>();

  Growth(Settings settings) {
    this.settings = settings;
  }

  /** Fills a database with so many tenants, each with a plan of one step and one of eight. */
  void fill(PostgresServer server, int tenants) throws Exception {
    Database database = Database.create(server);
    databases.put(tenants, database);
    try (HikariDataSource pool = database.pool(4);
        StateStore store = Ours.store(pool);
        ProvisioningEngine engine = Ours.engine(store, CLIENTS, event -> {}, one, eight)) {
      Ours.provision(engine, one, 1);
      Ours.provision(engine, eight, 1);
    }
    database.execute(FILL.formatted(TEMPLATE, tenants, TEMPLATE));
    forget(database);
    System.err.printf(
        "%d tenants: %d MB%n",
        tenants, database.number("SELECT pg_database_size(current_database()) / 1000000"));
  }

  /** Takes away what is not stored for good. Gathers no statistics. */
  private static void forget(Database database) throws SQLException {
    database.execute("DELETE FROM provisioner_state WHERE tenant LIKE 'tenant-%'");
    database.execute("VACUUM provisioner_state");
    database.execute("CHECKPOINT");
  }

  /** Returns the runs a second of all repeats, by plan and number of tenants. */
  Map<String, List<Double>> run() throws Exception {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int repeat = 0; repeat <= settings.repeats(); repeat++) { // the first is practice
      for (Plan<Wish> plan : List.of(one, eight)) {
        for (Map.Entry<Integer, Database> each : databases.entrySet()) {
          double rate = rate(each.getValue(), plan);
          System.err.printf(
              "%d/%d %s, %d tenants %.1f%n",
              repeat, settings.repeats(), plan.name(), each.getKey(), rate);
          if (repeat > 0) {
            rates
                .computeIfAbsent(
                    name(PLANS.get(plan == one ? 0 : 1), each.getKey()), any -> new ArrayList<>())
                .add(rate);
          }
        }
      }
    }
    return rates;
  }

  static String name(String plan, int tenants) {
    return plan + ", " + tenants + " tenants";
  }

  private double rate(Database database, Plan<Wish> plan) throws Exception {
    double rate =
        Ours.direct(plan, 1, CLIENTS, settings.warmUp(), settings.window())
            .on(database)
            .getOrDefault("", Double.NaN);
    forget(database);
    return rate;
  }

  @Override
  public void close() throws SQLException {
    for (Database database : databases.values()) {
      database.close();
    }
  }
}
