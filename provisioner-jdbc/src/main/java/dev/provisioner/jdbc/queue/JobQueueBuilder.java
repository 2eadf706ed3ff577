package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.Failures;
import dev.provisioner.jdbc.internal.LimitedDataSource;
import dev.provisioner.jdbc.internal.Opened;
import dev.provisioner.jdbc.internal.PostgreSql;
import dev.provisioner.jdbc.internal.Tables;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link JobQueue}.
 *
 * <p>Not thread-safe.
 */
public final class JobQueueBuilder {
  private final DataSource dataSource;
  private final ProvisioningEngine engine;
  private @Nullable String schema;
  private String tablePrefix = Tables.DEFAULT_PREFIX;
  private Duration queryTimeout = Duration.ofSeconds(10);
  private boolean createTables;
  private int workers = 16;
  private Duration pollInterval = Duration.ofSeconds(1);
  private Duration takeover = Duration.ofSeconds(30);
  private Duration sweepInterval = Duration.ofSeconds(10);
  private Duration keepEnded = Duration.ofDays(7);
  private Duration tidyEvery = Duration.ofMinutes(1);

  JobQueueBuilder(DataSource dataSource, ProvisioningEngine engine) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    this.engine = Objects.requireNonNull(engine, "engine");
    Connections.requireIndependent(
        dataSource, "The queue must not take part in a transaction that it does not know of");
  }

  /**
   * Names the schema of the tables, exactly as the database spells it; it must exist. By default
   * the current one of the connections.
   *
   * @param name 1 to 63 bytes
   */
  public JobQueueBuilder schema(String name) {
    this.schema = new Tables(name, tablePrefix).schema();
    return this;
  }

  /**
   * Sets what the names of the tables begin with.
   *
   * @param prefix 1 to 31 of a-z, 0-9 and _, beginning with a letter; {@code provisioner_} by
   *     default
   */
  public JobQueueBuilder tablePrefix(String prefix) {
    this.tablePrefix = new Tables(schema, prefix).prefix();
    return this;
  }

  /**
   * Sets after how long a statement is ended. A server that does not answer at all is given up five
   * seconds later, also by the scheduler.
   *
   * @param timeout 1 second to 1 hour; 10 seconds by default
   */
  public JobQueueBuilder queryTimeout(Duration timeout) {
    this.queryTimeout =
        inRange("queryTimeout", timeout, Duration.ofSeconds(1), Duration.ofHours(1));
    return this;
  }

  /**
   * Creates the tables when the queue is opened, or brings them to this release's version, as a
   * {@link dev.provisioner.jdbc.JdbcStateStore} does: they share them.
   */
  public JobQueueBuilder createTables() {
    this.createTables = true;
    return this;
  }

  /**
   * Sets how many jobs this node works on at the same time. A job whose run is parked takes no
   * worker. How many calls to provisioners the engine makes at a time is its own limit.
   *
   * @param limit 0 to 1,000; 0 only submits, and leaves the work to other nodes; 16 by default
   */
  public JobQueueBuilder workers(int limit) {
    if (limit < 0 || limit > 1_000) {
      throw new IllegalArgumentException("workers is 0 to 1,000, not " + limit + ".");
    }
    this.workers = limit;
    return this;
  }

  /**
   * Sets how often this node asks the database for jobs that others have submitted. Jobs that are
   * submitted here begin at once if a worker is free.
   *
   * @param interval 100 ms to 1 minute; 1 second by default
   */
  public JobQueueBuilder pollInterval(Duration interval) {
    this.pollInterval =
        inRange("pollInterval", interval, Duration.ofMillis(100), Duration.ofMinutes(1));
    return this;
  }

  /**
   * Sets within which time a live node goes on with the jobs of a dead one. Nodes say that they
   * live ten times as often; the engine's lease must allow for it. Where the dead node was in the
   * middle of a call that a second one must not overlap, the rest of that call's time-out is waited
   * out besides.
   *
   * @param time 5 seconds to 1 hour; 30 seconds by default, for which the engine's defaults suffice
   */
  public JobQueueBuilder takeover(Duration time) {
    this.takeover = inRange("takeover", time, Duration.ofSeconds(5), Duration.ofHours(1));
    return this;
  }

  /**
   * Sets how often some node of the cluster, one at a time, has its engine look for what is due:
   * timers, retention that is over, runs whose engine is gone. Engines look by themselves too, each
   * at its own sweep interval, as a take-over must not hang on one node; with many nodes that can
   * be made longer.
   *
   * @param interval 1 second to 1 hour; 10 seconds by default
   */
  public JobQueueBuilder sweepInterval(Duration interval) {
    this.sweepInterval =
        inRange("sweepInterval", interval, Duration.ofSeconds(1), Duration.ofHours(1));
    return this;
  }

  /**
   * Sets how long jobs are kept after their end. So long a request that is submitted again is known
   * again.
   *
   * @param time 1 minute to 100 years; 7 days by default
   */
  public JobQueueBuilder keepEnded(Duration time) {
    this.keepEnded = inRange("keepEnded", time, Duration.ofMinutes(1), Duration.ofDays(36_525));
    return this;
  }

  /** Sets how often some node looks after the queue's rows. */
  JobQueueBuilder tidyEvery(Duration interval) {
    this.tidyEvery = interval;
    return this;
  }

  Duration tidyEvery() {
    return tidyEvery;
  }

  int workers() {
    return workers;
  }

  Duration pollInterval() {
    return pollInterval;
  }

  Duration takeover() {
    return takeover;
  }

  Duration sweepInterval() {
    return sweepInterval;
  }

  /**
   * Opens the queue, which begins to work on jobs.
   *
   * @throws IllegalArgumentException if the engine's lease and sweep interval do not allow for the
   *     takeover time
   * @throws StateStoreException if the database does not answer, is none of those supported, or its
   *     tables are missing or of another version
   */
  public JobQueue open() {
    if (engine.takeover().compareTo(takeover) > 0) {
      throw new IllegalArgumentException(
          "The engine takes up to "
              + engine.takeover()
              + " to go on with what a dead one left, longer than takeover("
              + takeover
              + "). Give it a shorter lease(...) or sweepInterval(...), or the queue a longer"
              + " takeover(...).");
    }
    Connections connections = new Connections(dataSource, queryTimeout);
    Tables tables = new Tables(schema, tablePrefix);
    Opened opened = Opened.open(connections, tables, createTables);
    try {
      return open(connections, tables, opened.database(), opened.failures());
    } catch (SQLException e) {
      throw Failures.cannotOpen(e);
    }
  }

  private JobQueue open(
      Connections connections, Tables tables, Database database, Failures failures)
      throws SQLException {
    String installation = engine.installation();
    boolean postgreSql = database instanceof PostgreSql;
    TaskNames names = new TaskNames(installation);
    DatabaseClock clock = new DatabaseClock(connections, database);
    clock.adjust();
    JobTable jobs = new JobTable(database, tables, installation);
    Lines lines =
        postgreSql
            ? new PostgreSqlLines(database, tables, names)
            : new H2Lines(database, tables, names);
    Turns turns = new Turns(connections, database, lines);
    Parked parked = new Parked();
    Worker worker = new Worker(engine, connections, jobs, turns, parked, clock);
    Housekeeping housekeeping =
        new Housekeeping(engine, connections, jobs, turns, names, keepEnded);
    Scheduler scheduler =
        SchedulerSetup.build(
            LimitedDataSource.of(dataSource, connections),
            this,
            tables.tasks(),
            postgreSql,
            names,
            engine.plans(),
            worker,
            housekeeping,
            clock);
    Dispatcher dispatcher =
        new Dispatcher(
            connections, jobs, turns, names, clock, scheduler, workers > 0, pollInterval);
    parked.tell(dispatcher::lookAt);
    Submitting submitting = new Submitting(engine, connections, failures, jobs, lines, turns);
    JobQueue queue =
        new JobQueue(
            engine,
            connections,
            failures,
            jobs,
            submitting,
            worker,
            scheduler,
            dispatcher,
            engine.listen(parked),
            workers);
    dispatcher.start();
    if (workers > 0) {
      scheduler.start();
    }
    return queue;
  }

  private static Duration inRange(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " is " + least + " to " + most + ", not " + value + ".");
    }
    return value;
  }
}
