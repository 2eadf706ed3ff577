package dev.provisioner.benchmarks.postgresql;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** db-scheduler alone: tasks that do nothing. What a queue on it can reach at best. */
final class RawScheduler {
  static final TaskDescriptor<Void> NOTHING = TaskDescriptor.of("nothing");

  private static final int AT_ONCE = 1_000;

  /** As its documentation has it, without the columns' order of priority, which is not used. */
  private static final String TABLE =
      """
      CREATE TABLE scheduled_tasks (
        task_name text NOT NULL,
        task_instance text NOT NULL,
        task_data bytea,
        execution_time timestamptz NOT NULL,
        picked boolean NOT NULL,
        picked_by text,
        last_success timestamptz,
        last_failure timestamptz,
        consecutive_failures int,
        last_heartbeat timestamptz,
        version bigint NOT NULL,
        priority smallint,
        PRIMARY KEY (task_name, task_instance)
      );
      CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
      CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
      """;

  private RawScheduler() {}

  static void createTable(Database database) throws SQLException {
    database.execute(TABLE);
  }

  static SchedulerBuilder builder(DataSource pool, int threads, Consumer<String> executed) {
    OneTimeTask<Void> task =
        Tasks.oneTime(NOTHING).execute((instance, context) -> executed.accept(instance.getId()));
    return Scheduler.create(pool, task)
        .threads(threads)
        .pollUsingLockAndFetch(0.5, 4.0)
        .pollingInterval(Duration.ofSeconds(1))
        .shutdownMaxWait(Duration.ofSeconds(1));
  }

  /** Tasks are inserted, a thousand in a batch; then a scheduler with so many threads does them. */
  static Contest.Trial drained(int tasks, int threads) {
    return database -> {
      createTable(database);
      Drain drain = new Drain();
      try (HikariDataSource pool = database.pool(threads + 4)) {
        double submitted = submit(pool, tasks);
        Scheduler scheduler = builder(pool, threads, id -> drain.one()).build();
        scheduler.start();
        try {
          return Map.of("drained", drain.perSecond(tasks), "submitted", submitted);
        } finally {
          scheduler.stop();
        }
      }
    };
  }

  private static double submit(DataSource pool, int tasks) {
    SchedulerClient client = SchedulerClient.Builder.create(pool).build();
    long begun = System.nanoTime();
    for (int first = 0; first < tasks; first += AT_ONCE) {
      List<SchedulableInstance<?>> batch = new ArrayList<>();
      for (int i = first; i < Math.min(tasks, first + AT_ONCE); i++) {
        batch.add(NOTHING.instance("task-" + i).scheduledTo(Instant.now()));
      }
      client.scheduleBatch(batch);
    }
    return tasks * 1e9 / (System.nanoTime() - begun);
  }
}
