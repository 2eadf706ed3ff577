package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.provisioner.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Sets db-scheduler up: a task for the jobs of each plan, and two that recur. */
final class SchedulerSetup {
  /** Silent for so many heartbeats, a node is taken for dead; the scheduler's least. */
  private static final int MISSED_HEARTBEATS = 4;

  /** The scheduler would delete tasks of plans that this node does not know. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  private SchedulerSetup() {}

  static JdbcCustomization dialect(boolean postgreSql) {
    return postgreSql
        ? new PostgreSqlJdbcCustomization(false, false)
        : new DefaultJdbcCustomization(false);
  }

  static Scheduler build(
      DataSource dataSource,
      JobQueueBuilder settings,
      String table,
      boolean postgreSql,
      TaskNames names,
      List<Plan<?>> plans,
      Worker worker,
      Housekeeping housekeeping,
      DatabaseClock clock) {
    List<Task<?>> tasks = new ArrayList<>();
    for (Plan<?> plan : plans) {
      tasks.add(
          Tasks.custom(names.jobsOf(plan.name()))
              .onFailure(worker)
              .onDeadExecutionRevive()
              .execute(worker));
    }
    RecurringTask<Void> sweep =
        Tasks.recurring(names.sweep(), FixedDelay.of(settings.sweepInterval()))
            .execute((instance, context) -> housekeeping.sweep());
    RecurringTask<Void> tidy =
        Tasks.recurring(names.housekeeping(), FixedDelay.of(settings.tidyEvery()))
            .execute((instance, context) -> housekeeping.tidy());
    int workers = Math.max(1, settings.workers());
    AtomicInteger count = new AtomicInteger();
    SchedulerBuilder builder =
        Scheduler.create(dataSource, tasks)
            .startTasks(sweep, tidy)
            .schedulerName(new SchedulerName.Fixed(UUID.randomUUID().toString()))
            .tableName(table)
            .serializer(new TextSerializer())
            .jdbcCustomization(dialect(postgreSql))
            .commitWhenAutocommitDisabled(true)
            .clock(clock)
            .enablePriority()
            .threads(workers)
            .executorService(
                Executors.newFixedThreadPool(
                    workers,
                    work -> new Thread(work, "provisioner-worker-" + count.incrementAndGet())))
            .pollingInterval(settings.pollInterval())
            .heartbeatInterval(settings.takeover().dividedBy(10))
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .deleteUnresolvedAfter(NEVER)
            .failureLogging(LogLevel.DEBUG, false)
            .shutdownMaxWait(Duration.ofSeconds(5));
    return (postgreSql ? builder.pollUsingLockAndFetch(0.5, 1.0) : builder.pollUsingFetch(0.5, 1.0))
        .build();
  }
}
