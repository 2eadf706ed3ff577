package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Queue;
import dev.dbos.transact.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** DBOS Transact for Java: a workflow whose steps each return a small value. */
final class Dbos {
  private static final String NAME = "bench";

  private Dbos() {}

  /** What the workflow is called by. */
  public interface Flow {
    /** Runs so many steps, each with what the one before returned. */
    String run(int steps, String tenant);
  }

  /** The workflow. */
  public static final class Steps implements Flow {
    private final DBOS dbos;
    private final Consumer<String> inStep;

    /**
     * Creates the workflow.
     *
     * @param inStep is told the tenant in each step
     */
    Steps(DBOS dbos, Consumer<String> inStep) {
      this.dbos = dbos;
      this.inStep = inStep;
    }

    @Override
    @Workflow(name = "steps")
    public String run(int steps, String tenant) {
      String before = "";
      for (int i = 0; i < steps; i++) {
        String name = "step-" + i;
        String input = before;
        before = dbos.runStep(() -> made(tenant, name, input), name);
      }
      return before;
    }

    private String made(String tenant, String step, String after) {
      inStep.accept(tenant);
      return "https://things.example/" + tenant + "-" + step + "?" + after.length();
    }
  }

  static DBOSConfig config(HikariDataSource pool) {
    return DBOSConfig.defaults(NAME)
        .withDataSource(pool)
        .withAppVersion("1")
        .withExecutorId("local");
  }

  /** Clients start one workflow after the other and wait for each. */
  static Contest.Trial direct(
      int steps, int connections, int clients, Duration warmUp, Duration window) {
    return database -> {
      try (HikariDataSource pool = database.pool(connections);
          DBOS dbos = new DBOS(config(pool))) {
        Flow flow = dbos.registerProxy(Flow.class, new Steps(dbos, tenant -> {}));
        dbos.launch();
        double workflows =
            Clients.perSecond(
                clients, warmUp, window, number -> flow.run(steps, "tenant-" + number));
        return Map.of("", workflows * steps);
      }
    };
  }

  /** Clients enqueue workflows, one by one as there is no other way; then a process does them. */
  static Contest.Trial drained(int steps, int connections, int workflows) {
    return database -> {
      Drain drain = new Drain();
      try (HikariDataSource pool = database.pool(connections)) {
        submit(pool, drain, steps, connections, workflows);
        try (DBOS dbos = new DBOS(config(pool))) {
          dbos.registerProxy(Flow.class, new Steps(dbos, tenant -> drain.one()));
          dbos.registerQueue(new Queue(NAME));
          dbos.launch();
          return Map.of("", drain.perSecond(workflows * steps));
        }
      }
    };
  }

  private static void submit(
      HikariDataSource pool, Drain drain, int steps, int clients, int workflows) throws Exception {
    Queue queue = new Queue(NAME);
    try (DBOS dbos = new DBOS(config(pool).withListenQueue("another"))) {
      Flow flow = dbos.registerProxy(Flow.class, new Steps(dbos, tenant -> drain.one()));
      dbos.registerQueues(queue, new Queue("another"));
      dbos.launch();
      Clients.inAll(
          clients,
          workflows,
          number ->
              dbos.startWorkflow(
                  () -> flow.run(steps, "tenant-" + number),
                  new StartWorkflowOptions(queue).withWorkflowId("workflow-" + number)));
    }
  }
}
