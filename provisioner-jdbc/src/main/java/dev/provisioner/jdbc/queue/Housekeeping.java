package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.plan.Plan;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What some node of the cluster does now and then. Thread-safe. */
final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);
  private static final int AT_ONCE = 1_000;

  private final ProvisioningEngine engine;
  private final Connections connections;
  private final JobTable jobs;
  private final Turns turns;
  private final TaskNames names;
  private final Duration keepEnded;

  Housekeeping(
      ProvisioningEngine engine,
      Connections connections,
      JobTable jobs,
      Turns turns,
      TaskNames names,
      Duration keepEnded) {
    this.engine = engine;
    this.connections = connections;
    this.jobs = jobs;
    this.turns = turns;
    this.names = names;
    this.keepEnded = keepEnded;
  }

  /**
   * Has the engine look for what is due: timers, retention that is over, runs without an engine.
   */
  void sweep() {
    engine.sweep();
  }

  /** Forgets jobs that ended long ago, and sees that no tenant's jobs stand still. */
  void tidy() {
    try {
      forget();
      repair();
    } catch (SQLException e) {
      throw new IllegalStateException("The queue's database does not answer.", e);
    }
  }

  private void forget() throws SQLException {
    int some;
    do {
      some = connections.call(true, connection -> jobs.forget(connection, keepEnded, AT_ONCE));
    } while (some == AT_ONCE);
  }

  /** Mends what should not be: rows of the scheduler that somebody deleted, say. */
  private void repair() throws SQLException {
    List<Lane> standing = connections.call(true, connection -> jobs.standing(connection, AT_ONCE));
    if (!standing.isEmpty()) {
      turns.next(standing);
    }
    for (Plan<?> plan : engine.plans()) {
      String task = names.jobsOf(plan.name()).getTaskName();
      int lost = connections.call(true, connection -> jobs.schedule(connection, plan.name(), task));
      if (lost > 0) {
        LOG.warn("The scheduler's rows of {} job(s) were gone; they were made anew.", lost);
      }
    }
  }
}
