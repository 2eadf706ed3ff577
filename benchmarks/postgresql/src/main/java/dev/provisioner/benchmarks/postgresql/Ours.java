package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.benchmarks.postgresql.Things.Wish;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.jdbc.JdbcStateStore;
import dev.provisioner.jdbc.queue.Job;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.jdbc.queue.JobRequest;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** This library, set up as a host would that provisions many tenants at once. */
final class Ours {
  static final Wish WISH = new Wish("eu-west-1");

  /** At most so many requests are submitted in one transaction. */
  private static final int AT_ONCE = 1_000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Ours() {}

  static StateStore store(HikariDataSource pool) {
    return JdbcStateStore.on(pool).createTables().open();
  }

  static ProvisioningEngine engine(
      StateStore store, int calls, EventListener listener, Plan<?>... plans) {
    return ProvisioningEngine.builder(store)
        .installation("bench")
        .plans(plans)
        .maxConcurrentCalls(calls)
        .listener(listener)
        .build();
  }

  /** Clients provision one new tenant after the other and wait for each. */
  static Contest.Trial direct(
      Plan<Wish> plan, int steps, int clients, Duration warmUp, Duration window) {
    return database -> {
      try (HikariDataSource pool = database.pool(Math.min(clients, 32));
          StateStore store = store(pool);
          ProvisioningEngine engine = engine(store, clients, event -> {}, plan)) {
        double runs =
            Clients.perSecond(clients, warmUp, window, number -> provision(engine, plan, number));
        return Map.of("", runs * steps);
      }
    };
  }

  static void provision(ProvisioningEngine engine, Plan<Wish> plan, long number)
      throws InterruptedException {
    Outcome outcome = engine.provision(plan, TenantId.of("tenant-" + number), WISH).await(PATIENCE);
    if (!(outcome instanceof Outcome.Succeeded)) {
      throw new IllegalStateException(outcome.explain());
    }
  }

  /**
   * A node without workers submits jobs, a thousand in a transaction; one with workers does them.
   */
  static Contest.Trial queued(Plan<Wish> plan, int jobs, int workers) {
    return database -> {
      Drain drain = new Drain();
      EventListener ended =
          event -> {
            if (event instanceof RunEnded) {
              drain.one();
            }
          };
      try (HikariDataSource pool = database.pool(workers + 4);
          StateStore store = store(pool);
          ProvisioningEngine engine = engine(store, workers, ended, plan)) {
        double submitted = submit(pool, engine, plan, jobs);
        try (JobQueue queue = JobQueue.on(pool, engine).workers(workers).open()) {
          double drained = drain.perSecond(jobs);
          awaitEnd(queue, jobs);
          return Map.of("drained", drained, "submitted", submitted);
        }
      }
    };
  }

  private static double submit(
      HikariDataSource pool, ProvisioningEngine engine, Plan<Wish> plan, int jobs) {
    try (JobQueue queue = JobQueue.on(pool, engine).createTables().workers(0).open()) {
      long begun = System.nanoTime();
      for (int first = 0; first < jobs; first += AT_ONCE) {
        List<JobRequest> requests = new ArrayList<>();
        for (int i = first; i < Math.min(jobs, first + AT_ONCE); i++) {
          requests.add(JobRequest.provision(plan, TenantId.of("tenant-" + i), WISH).id("job-" + i));
        }
        queue.submitAll(requests);
      }
      return jobs * 1e9 / (System.nanoTime() - begun);
    }
  }

  /** Sees that every job has ended well, lest something fast and wrong be measured. */
  private static void awaitEnd(JobQueue queue, int jobs) throws InterruptedException {
    for (int i = 0; i < jobs; i += Math.max(1, jobs / 100)) {
      Job job = queue.await("job-" + i, PATIENCE);
      if (job.status() != Job.Status.SUCCEEDED) {
        throw new IllegalStateException("Job " + job + " has not succeeded.");
      }
    }
    while (queue.status().waiting() + queue.status().running() > 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
