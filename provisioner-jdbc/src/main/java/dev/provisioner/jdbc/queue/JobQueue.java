package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Failures;
import dev.provisioner.plan.Plan;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable queue of requests to provision and to remove, shared by any number of nodes on one
 * PostgreSQL or H2 database.
 *
 * <pre>{@code
 * JobQueue queue = JobQueue.on(dataSource, engine).createTables().open();
 * queue.submit(JobRequest.provision(onboarding, tenant, input).id("order-4711"));
 * }</pre>
 *
 * <p><strong>What is promised.</strong> A job that was submitted is done, whichever nodes die:
 * once, and in the order of its tenant and plan, of which one job is done at a time. A request with
 * an id that is known is not submitted again. Tenants take turns, whatever number of jobs each has,
 * among jobs of the same priority. A job whose node dies goes on at another one within the
 * {@linkplain JobQueueBuilder#takeover takeover} time. What authorises a node to go on with a run
 * is the engine's lease and its fencing token alone; that the scheduler takes a node for dead
 * merely wakes another.
 *
 * <p>A failed run fails its job, and the tenant's next job is done. Submit another request to try
 * again. The engine's own retries have been made by then.
 *
 * <p>Thread-safe. Methods throw {@link StateStoreException} if the database does not answer, and
 * {@link IllegalStateException} after {@link #close()}.
 */
public final class JobQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);
  private static final int MOST_AT_ONCE = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final ProvisioningEngine engine;
  private final Connections connections;
  private final Failures failures;
  private final JobTable jobs;
  private final Submitting submitting;
  private final Worker worker;
  private final Scheduler scheduler;
  private final Dispatcher dispatcher;
  private final AutoCloseable listening;
  private final int workers;
  private final AtomicBoolean closed = new AtomicBoolean();

  JobQueue(
      ProvisioningEngine engine,
      Connections connections,
      Failures failures,
      JobTable jobs,
      Submitting submitting,
      Worker worker,
      Scheduler scheduler,
      Dispatcher dispatcher,
      AutoCloseable listening,
      int workers) {
    this.engine = engine;
    this.connections = connections;
    this.failures = failures;
    this.jobs = jobs;
    this.submitting = submitting;
    this.worker = worker;
    this.scheduler = scheduler;
    this.dispatcher = dispatcher;
    this.listening = listening;
    this.workers = workers;
  }

  /**
   * Returns a builder of a queue in this database, which must be a plain pool, as for {@link
   * dev.provisioner.jdbc.JdbcStateStore}; the engine's store may be another one.
   */
  public static JobQueueBuilder on(DataSource dataSource, ProvisioningEngine engine) {
    return new JobQueueBuilder(dataSource, engine);
  }

  // ---- submitting

  /**
   * Submits a request. It is durable when this returns. If its id is known already, nothing is
   * submitted.
   *
   * @return the job as it stands, or the one that was submitted with this id before
   * @throws RefusedException if the input does not fit the plan, or the id belongs to another
   *     request
   * @throws StateStoreException if it is not known whether it was submitted; submit it again with
   *     the same id
   */
  public Job submit(JobRequest request) {
    return submitAll(List.of(request)).get(0);
  }

  /**
   * Submits requests, all of them or none, in their order.
   *
   * @param requests at most 10,000, whose ids differ
   * @return the jobs as they stand, in the order of the requests
   */
  public List<Job> submitAll(List<JobRequest> requests) {
    requireOpen();
    Set<String> ids = new HashSet<>();
    requests.forEach(request -> ids.add(request.id()));
    if (ids.size() < requests.size() || requests.size() > MOST_AT_ONCE) {
      throw new IllegalArgumentException(
          "At most " + MOST_AT_ONCE + " requests are submitted at once, and their ids differ.");
    }
    List<Job> submitted = submitting.submit(requests);
    dispatcher.wake();
    return submitted;
  }

  /**
   * Submits a request within the caller's own transaction: it is there when and if that commits. It
   * only inserts a row, so that however long the transaction lasts it holds up nobody, except those
   * who submit a request with the same id.
   *
   * <p>Nothing tells the queue of the commit: the job begins within the {@linkplain
   * JobQueueBuilder#pollInterval poll interval} after it, or at once if {@link #wake} is called
   * then. On an H2 file the caller's commit is durable when H2 next writes, by default within half
   * a second.
   *
   * @param connection to the queue's database, with autocommit off; it is neither committed nor
   *     closed
   * @return the job as this transaction sees it
   * @throws SQLException if the database refuses it, whereupon the transaction is to be rolled back
   */
  public Job submit(Connection connection, JobRequest request) throws SQLException {
    requireOpen();
    if (connection.getAutoCommit()) {
      throw new IllegalArgumentException(
          "The connection commits each statement by itself, so there is no transaction to submit"
              + " in. Use submit(request).");
    }
    return submitting.submit(connection, request);
  }

  // ---- looking

  /** Returns a job, or empty if it is not known, or not any more. */
  public Optional<Job> find(String id) {
    requireOpen();
    return call("read job '" + id + "'", connection -> jobs.find(connection, id)).map(Entry::job);
  }

  /**
   * Returns the latest jobs of a tenant and plan, the last submitted first.
   *
   * @param limit at most this many, 1 to 1,000
   */
  public List<Job> latest(Plan<?> plan, TenantId tenant, int limit) {
    requireOpen();
    if (limit < 1 || limit > 1_000) {
      throw new IllegalArgumentException("1 to 1,000 jobs are read at once, not " + limit + ".");
    }
    Lane lane = new Lane(plan.name(), tenant);
    return call("read jobs", connection -> jobs.latest(connection, lane, limit)).stream()
        .map(Entry::job)
        .toList();
  }

  /**
   * Waits for a job to end.
   *
   * @param patience how long at most; zero only looks
   * @return the job as it stands
   * @throws NoSuchElementException if the job is not known
   */
  public Job await(String id, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    Duration pause = SHORTEST_PAUSE;
    while (true) {
      Job job =
          find(id).orElseThrow(() -> new NoSuchElementException("There is no job '" + id + "'."));
      long left = end - System.nanoTime();
      if (job.status().hasEnded() || left <= 0) {
        return job;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(left, pause.toNanos()));
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  /**
   * Returns how the queue stands. Counts what has not ended: cheap for thousands of jobs, not for
   * millions.
   */
  public QueueStatus status() {
    requireOpen();
    return call("count jobs", connection -> jobs.status(connection, workers, worker.busy()));
  }

  // ---- cancelling

  /**
   * Cancels a job: one that waits never begins, one whose run is under way is asked to stop, as by
   * {@link Run#cancel()}. Returns at once; {@link #await} tells the end.
   *
   * @return false if the job is not known or has ended
   */
  public boolean cancel(String id) {
    requireOpen();
    String attempted = "cancel job '" + id + "'";
    if (call(attempted, connection -> jobs.withdraw(connection, id))) {
      return true;
    }
    Optional<Entry> entry =
        call(
            attempted,
            connection ->
                jobs.cancel(connection, id) ? jobs.find(connection, id) : Optional.empty());
    entry.flatMap(job -> job.run(engine)).ifPresent(Run::cancel);
    return entry.isPresent();
  }

  /**
   * Looks for new jobs at once, instead of at the next poll: for those who submitted in a
   * transaction of their own, after its commit. Returns at once.
   */
  public void wake() {
    requireOpen();
    dispatcher.wake();
  }

  // ---- keys

  /**
   * Seals the inputs of jobs that have not ended with the engine's current key, as {@link
   * ProvisioningEngine#reseal()} does with what is recorded of tenants: call both before a key is
   * removed. May be broken off at any instant and called again.
   *
   * @return the keys in use afterwards, as {@link #keysInUse()} does
   * @throws dev.provisioner.error.SecretException if an input does not open
   */
  public Map<String, Integer> reseal() {
    requireOpen();
    JobKeys keys = new JobKeys(engine, connections, jobs);
    try {
      keys.reseal();
      return keys.inUse();
    } catch (SQLException e) {
      throw failures.cannot("seal the inputs of jobs anew", "Some may be done; call it again.", e);
    }
  }

  /**
   * Tells with which keys the inputs of jobs that have not ended are sealed: the id of each key,
   * with the number of jobs that need it.
   */
  public Map<String, Integer> keysInUse() {
    requireOpen();
    try {
      return new JobKeys(engine, connections, jobs).inUse();
    } catch (SQLException e) {
      throw failures.cannot("read the inputs of jobs", e);
    }
  }

  // ---- closing

  /** Closes the queue on this node, waiting up to 10 s for the jobs it works on. */
  @Override
  public void close() {
    try {
      close(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes no more jobs, waits for those this node works on, and hands over to other nodes what is
   * not done then. Close the queue before its engine. Closing twice is harmless.
   *
   * @param patience how long to wait
   * @throws InterruptedException if the caller is interrupted while it waits; the queue is closed
   *     nevertheless
   */
  public void close(Duration patience) throws InterruptedException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    scheduler.pause();
    try {
      long end = System.nanoTime() + patience.toNanos();
      while (worker.busy() > 0 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
    } finally {
      worker.close();
      scheduler.stop();
      dispatcher.close();
      try {
        listening.close();
      } catch (Exception e) {
        LOG.debug("The queue's listener could not be removed.", e);
      }
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("The queue is closed.");
    }
  }

  private <T> T call(String attempted, Connections.Work<T> work) {
    try {
      return connections.call(true, work);
    } catch (SQLException e) {
      throw failures.cannot(attempted, e);
    }
  }
}
