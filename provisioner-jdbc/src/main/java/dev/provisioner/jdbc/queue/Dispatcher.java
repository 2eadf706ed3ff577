package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import dev.provisioner.jdbc.internal.Connections;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for new jobs, now and then and when it is asked to, and has the scheduler look for those
 * whose turn it is. One thread. Thread-safe.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);
  private static final Duration ADJUST_EVERY = Duration.ofMinutes(1);

  private final Connections connections;
  private final JobTable jobs;
  private final Turns turns;
  private final TaskNames names;
  private final DatabaseClock clock;
  private final Scheduler scheduler;
  private final boolean working;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicBoolean asked = new AtomicBoolean();
  private boolean lost; // of the thread

  /**
   * Creates a dispatcher.
   *
   * @param working whether this node works on jobs, and not only submits them
   */
  Dispatcher(
      Connections connections,
      JobTable jobs,
      Turns turns,
      TaskNames names,
      DatabaseClock clock,
      Scheduler scheduler,
      boolean working) {
    this.connections = connections;
    this.jobs = jobs;
    this.turns = turns;
    this.names = names;
    this.clock = clock;
    this.scheduler = scheduler;
    this.working = working;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread daemon = new Thread(task, "provisioner-queue");
              daemon.setDaemon(true);
              return daemon;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
  }

  void start(Duration pollInterval) {
    long pause = pollInterval.toMillis();
    thread.scheduleWithFixedDelay(this::dispatch, 0, pause, TimeUnit.MILLISECONDS);
    long adjust = ADJUST_EVERY.toMillis();
    thread.scheduleWithFixedDelay(this::adjust, adjust, adjust, TimeUnit.MILLISECONDS);
  }

  /** Stops, after what it is doing. */
  void close() throws InterruptedException {
    thread.shutdown();
    thread.awaitTermination(1, TimeUnit.MINUTES);
  }

  /** Looks at once. Returns at once. */
  void wake() {
    if (asked.compareAndSet(false, true)) {
      execute(this::dispatch);
    }
  }

  /** Has the job of a run looked at, with which no worker waits. Returns at once. */
  void lookAt(String run) {
    execute(() -> reschedule(run));
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("This node's queue is closed; another looks.", e);
    }
  }

  private void dispatch() {
    asked.set(false);
    try {
      int some;
      do {
        some = turns.lineUp();
      } while (some == Turns.AT_ONCE && !thread.isShutdown());
      lost = false;
      if (working) {
        scheduler.triggerCheckForDueExecutions();
      }
    } catch (SQLException | RuntimeException e) {
      if (lost) {
        LOG.debug("The queue's database still cannot be asked for new jobs.", e);
      } else {
        LOG.error("The queue's database cannot be asked for new jobs; asking until it can.", e);
      }
      lost = true;
    }
  }

  private void adjust() {
    try {
      clock.adjust();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("The queue's database does not tell the time; the last answer is used.", e);
    }
  }

  private void reschedule(String run) {
    try {
      Optional<Entry> entry =
          connections.call(true, connection -> jobs.find(connection, run)); // it has the job's id
      if (entry.isPresent() && entry.get().inTurn()) {
        String task = names.jobsOf(entry.get().job().plan()).getTaskName();
        String instance = Long.toString(entry.get().position());
        scheduler.reschedule(TaskInstanceId.of(task, instance), clock.now());
        scheduler.triggerCheckForDueExecutions();
      }
    } catch (TaskInstanceException e) {
      LOG.debug("A worker has the job of run {} already.", run, e);
    } catch (SQLException | RuntimeException e) {
      LOG.debug("The job of run {} is looked at later.", run, e);
    }
  }
}
