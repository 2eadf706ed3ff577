package dev.provisioner.benchmarks.postgresql;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.workflow.Queue;
import dev.provisioner.benchmarks.postgresql.Latency.Subject;
import dev.provisioner.benchmarks.postgresql.Things.Wish;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.jdbc.queue.JobRequest;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import java.util.function.Consumer;

/** Those whose latency is measured, each with the same number of workers and connections. */
final class Submitters {
  private static final int WORKERS = 32;
  private static final int CONNECTIONS = WORKERS + 4;

  private Submitters() {}

  static Subject oursDirect(Database database, Consumer<String> begun) {
    Plan<Wish> plan = new Things(begun).chain(1);
    HikariDataSource pool = database.pool(CONNECTIONS);
    StateStore store = Ours.store(pool);
    ProvisioningEngine engine = Ours.engine(store, WORKERS, event -> {}, plan);
    return subject(id -> engine.provision(plan, TenantId.of(id), Ours.WISH), engine, store, pool);
  }

  static Subject oursQueue(Database database, Consumer<String> begun) {
    Plan<Wish> plan = new Things(begun).chain(1);
    HikariDataSource pool = database.pool(CONNECTIONS);
    StateStore store = Ours.store(pool);
    ProvisioningEngine engine = Ours.engine(store, WORKERS, event -> {}, plan);
    JobQueue queue = JobQueue.on(pool, engine).createTables().workers(WORKERS).open();
    return subject(
        id -> queue.submit(JobRequest.provision(plan, TenantId.of(id), Ours.WISH).id(id)),
        queue,
        engine,
        store,
        pool);
  }

  static Subject scheduler(Database database, Consumer<String> begun) throws Exception {
    RawScheduler.createTable(database);
    HikariDataSource pool = database.pool(CONNECTIONS);
    Scheduler scheduler =
        RawScheduler.builder(pool, WORKERS, begun).enableImmediateExecution().build();
    scheduler.start();
    return subject(
        id -> scheduler.schedule(RawScheduler.NOTHING.instance(id).scheduledTo(Instant.now())),
        scheduler::stop,
        pool);
  }

  static Subject dbosDirect(Database database, Consumer<String> begun) {
    return dbos(database, begun, new StartWorkflowOptions());
  }

  static Subject dbosQueue(Database database, Consumer<String> begun) {
    return dbos(database, begun, new StartWorkflowOptions(new Queue("bench")));
  }

  private static Subject dbos(
      Database database, Consumer<String> begun, StartWorkflowOptions options) {
    HikariDataSource pool = database.pool(CONNECTIONS);
    DBOS dbos = new DBOS(Dbos.config(pool));
    Dbos.Flow flow = dbos.registerProxy(Dbos.Flow.class, new Dbos.Steps(dbos, begun));
    dbos.registerQueue(new Queue("bench"));
    dbos.launch();
    return subject(
        id -> dbos.startWorkflow(() -> flow.run(1, id), options.withWorkflowId(id)), dbos, pool);
  }

  private interface Submission {
    void of(String id) throws Exception;
  }

  private static Subject subject(Submission submission, AutoCloseable... parts) {
    return new Subject() {
      @Override
      public void submit(String id) throws Exception {
        submission.of(id);
      }

      @Override
      public void close() throws Exception {
        for (AutoCloseable part : parts) {
          part.close();
        }
      }
    };
  }
}
