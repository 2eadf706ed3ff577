package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import dev.provisioner.jdbc.internal.Connections;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
  private final Duration pollInterval;
  private final Thread thread;

  /** The runs whose jobs are to be looked at; an empty text merely wakes the thread. */
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean closed;
  private boolean lost; // of the thread
  private long adjustedAt = System.nanoTime(); // of the thread

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
      boolean working,
      Duration pollInterval) {
    this.connections = connections;
    this.jobs = jobs;
    this.turns = turns;
    this.names = names;
    this.clock = clock;
    this.scheduler = scheduler;
    this.working = working;
    this.pollInterval = pollInterval;
    this.thread = new Thread(this::run, "provisioner-queue");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Stops, after what it is doing. */
  void close() throws InterruptedException {
    closed = true;
    asked.add("");
    thread.join();
  }

  /** Looks at once. Returns at once. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      asked.add("");
    }
  }

  /** Has the job of a run looked at, with which no worker waits. Returns at once. */
  void lookAt(String run) {
    asked.add(run);
  }

  private void run() {
    while (!closed) {
      dispatch();
      adjust();
      try {
        String run = asked.poll(pollInterval.toMillis(), TimeUnit.MILLISECONDS);
        while (run != null && !closed) {
          if (!run.isEmpty()) {
            reschedule(run);
          }
          run = asked.poll();
        }
      } catch (InterruptedException e) {
        LOG.warn("Something interrupted the queue's thread, which goes on.", e);
      }
    }
  }

  private void dispatch() {
    woken.set(false);
    try {
      int some;
      do {
        some = turns.lineUp();
      } while (some == Turns.AT_ONCE && !closed);
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
    if (System.nanoTime() - adjustedAt < ADJUST_EVERY.toNanos()) {
      return;
    }
    adjustedAt = System.nanoTime();
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
