package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.engine.SealedInput;
import dev.provisioner.error.RefusedException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.plan.Plan;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on jobs whose turn it is: begins the run of each, or finds it begun, and waits for its end.
 * Any number of workers may work on the same job, as after a node was taken for dead: the run's
 * ticket lets one of them begin it, and all find the same end. A run that is parked is left; the
 * job is looked at again later. Thread-safe.
 */
final class Worker implements ExecutionHandler<String>, FailureHandler<String> {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  /** A run that ends within this is not noted as under way. */
  private static final Duration AT_ONCE = Duration.ofMillis(250);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration SOONEST = Duration.ofSeconds(1);
  private static final Duration LATEST = Duration.ofMinutes(1);
  private static final int DOUBLED_AT_MOST = 6;

  private final ProvisioningEngine engine;
  private final Connections connections;
  private final JobTable jobs;
  private final Turns turns;
  private final Parked parked;
  private final DatabaseClock clock;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile boolean closing;

  Worker(
      ProvisioningEngine engine,
      Connections connections,
      JobTable jobs,
      Turns turns,
      Parked parked,
      DatabaseClock clock) {
    this.engine = engine;
    this.connections = connections;
    this.jobs = jobs;
    this.turns = turns;
    this.parked = parked;
    this.clock = clock;
  }

  int busy() {
    return busy.get();
  }

  /** Leaves what it waits for to other nodes. */
  void close() {
    closing = true;
  }

  @Override
  public CompletionHandler<String> execute(
      TaskInstance<String> instance, ExecutionContext context) {
    if (closing) {
      return again(Duration.ZERO);
    }
    busy.incrementAndGet();
    try {
      return work(instance.getData());
    } catch (SQLException e) {
      throw new IllegalStateException("The queue's database does not answer.", e);
    } catch (InterruptedException e) {
      return again(Duration.ZERO);
    } finally {
      busy.decrementAndGet();
    }
  }

  private CompletionHandler<String> work(String id) throws SQLException, InterruptedException {
    Optional<Entry> found = connections.call(true, connection -> jobs.find(connection, id));
    if (found.isEmpty()) {
      return finished();
    }
    Entry entry = found.get();
    if (!entry.inTurn()) {
      return done(entry); // it has ended, perhaps on a node that then died
    }
    Run run;
    try {
      Optional<Run> begun = begin(entry);
      if (begun.isEmpty()) {
        return end(entry, Ending.cancelled());
      }
      run = begun.get();
    } catch (RefusedException e) {
      return refused(entry, e);
    } catch (RuntimeException e) {
      note(entry, e);
      throw e;
    }
    return follow(entry, run);
  }

  // ---- the run

  /** Begins the run, or finds it begun; empty if it is not to begin. */
  private Optional<Run> begin(Entry entry) {
    Job job = entry.job();
    Plan<?> plan =
        entry
            .plan(engine)
            .orElseThrow(() -> new IllegalStateException("not a plan of this node: " + job.plan()));
    if (entry.cancelled() || job.run() != null) {
      Optional<Run> begun = entry.run(engine);
      if (begun.isPresent() || entry.cancelled()) {
        return begun;
      }
    }
    return Optional.of(
        switch (job.kind()) {
          case PROVISION -> engine.provision(input(entry), entry.provisionOptions());
          case DEPROVISION -> engine.deprovision(plan, job.tenant(), entry.removalOptions());
          case PURGE -> engine.purge(plan, job.tenant(), entry.removalOptions());
        });
  }

  private static SealedInput input(Entry entry) {
    if (entry.input() == null) {
      throw new IllegalStateException(
          "The input of job '" + entry.job().id() + "' is gone from the queue's table.");
    }
    return entry.input();
  }

  private CompletionHandler<String> follow(Entry entry, Run run)
      throws SQLException, InterruptedException {
    Outcome outcome = run.await(AT_ONCE);
    if (!(outcome instanceof Outcome.StillRunning)) {
      return end(entry, Ending.of(outcome));
    }
    String id = entry.job().id();
    Entry seen =
        connections.call(
            true,
            connection -> {
              jobs.running(connection, id, run.id());
              return jobs.find(connection, id).orElse(entry);
            });
    boolean told = false;
    while (true) {
      if (seen.cancelled() && !told) {
        run.cancel();
        told = true;
      }
      outcome = run.await(LOOK_EVERY);
      if (!(outcome instanceof Outcome.StillRunning running)) {
        return end(entry, Ending.of(outcome));
      }
      if (closing) {
        return again(Duration.ZERO);
      }
      if (running.parked()) {
        parked.add(run.id(), entry);
        return again(pause(seen));
      }
      seen = connections.call(true, connection -> jobs.find(connection, id)).orElse(seen);
    }
  }

  /** The longer a run has been under way, the less often it is looked at. */
  private Duration pause(Entry entry) {
    Instant started = entry.job().startedAt();
    Duration age = started == null ? SOONEST : Duration.between(started, clock.now());
    return within(age.dividedBy(10));
  }

  private static Duration within(Duration pause) {
    return pause.compareTo(SOONEST) < 0 ? SOONEST : pause.compareTo(LATEST) > 0 ? LATEST : pause;
  }

  // ---- ends

  private CompletionHandler<String> refused(Entry entry, RefusedException e) throws SQLException {
    if (!e.isForNow()) {
      return end(entry, Ending.refused(String.valueOf(e.getMessage())));
    }
    note(entry, e);
    throw new NotYet(e);
  }

  private CompletionHandler<String> end(Entry entry, Ending ending) throws SQLException {
    connections.call(
        true,
        connection -> {
          jobs.end(connection, entry.job().id(), ending);
          return true;
        });
    LOG.debug("Job '{}' ended: {}.", entry.job().id(), ending.status());
    return done(entry);
  }

  /** Looks at the lane after the job has given up its turn, and only then forgets the task. */
  private CompletionHandler<String> done(Entry entry) throws SQLException {
    if (connections.call(true, connection -> jobs.anyWaiting(connection, entry.lane()))) {
      turns.next(List.of(entry.lane()));
    }
    return finished();
  }

  private static CompletionHandler<String> finished() {
    return (completed, operations) -> unlessTakenOver(operations::remove);
  }

  private CompletionHandler<String> again(Duration after) {
    return (completed, operations) ->
        unlessTakenOver(() -> operations.reschedule(completed, clock.now().plus(after)));
  }

  /** The scheduler may have taken this node for dead, and given the task to another. */
  private static void unlessTakenOver(Runnable change) {
    try {
      change.run();
    } catch (ExecutionException e) {
      LOG.debug("Another node has taken the task over; it is left to that.", e);
    }
  }

  private void note(Entry entry, RuntimeException why) {
    try {
      connections.call(
          true,
          connection -> {
            jobs.note(connection, entry.job().id(), "It is tried again: " + why.getMessage());
            return true;
          });
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /** Tries again, later each time. */
  @Override
  public void onFailure(ExecutionComplete completed, ExecutionOperations<String> operations) {
    int failures = completed.getExecution().consecutiveFailures;
    Duration pause = within(SOONEST.multipliedBy(1L << Math.min(failures, DOUBLED_AT_MOST)));
    Throwable cause = completed.getCause().orElse(null);
    if (cause instanceof NotYet) {
      LOG.debug("A job waits: {}", cause.getMessage());
    } else {
      LOG.warn(
          "A worker failed on job '{}'; it is tried again in {} s.",
          completed.getExecution().taskInstance.getData(),
          pause.toSeconds(),
          cause);
    }
    unlessTakenOver(() -> operations.reschedule(completed, clock.now().plus(pause)));
  }

  /** A request that is refused for now. */
  private static final class NotYet extends RuntimeException {
    NotYet(RefusedException why) {
      super(why.getMessage(), why, false, false);
    }
  }
}
