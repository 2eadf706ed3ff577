package dev.provisioner.proofs.nodes;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.jdbc.queue.JobRequest;
import dev.provisioner.plan.Plan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits what the scripts ask for, spread over a time, and cancels some of it. What it is not told
 * the outcome of it submits again. It has a queue of its own that works on nothing.
 */
final class Clerk implements AutoCloseable {
  private static final int TOGETHER = 50;
  private static final int THREADS = 4;

  private final HikariDataSource pool;
  private final Desk desk;
  private final Plan<Diamond.Wish> plan;
  private final JobQueue queue;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);
  private final AtomicInteger unsubmitted = new AtomicInteger(); // tenants
  private final AtomicInteger again = new AtomicInteger();
  private final List<String> faults = new CopyOnWriteArrayList<>();

  Clerk(HikariDataSource pool, ProvisioningEngine engine, Plan<Diamond.Wish> plan, Desk desk) {
    this.pool = pool;
    this.desk = desk;
    this.plan = plan;
    this.queue =
        JobQueue.on(pool, engine)
            .workers(0)
            .queryTimeout(Node.QUERY_TIMEOUT)
            .takeover(Duration.ofHours(1)) // it takes nothing over
            .createTables()
            .open();
  }

  /** Begins to submit. */
  void begin(List<Script> scripts, Duration over) {
    long pause = over.toMillis() / scripts.size();
    unsubmitted.set(scripts.size());
    List<Script> group = new ArrayList<>();
    for (int i = 0; i < scripts.size(); i++) {
      Script script = scripts.get(i);
      long at = pause * i;
      switch (script.way()) {
        case TOGETHER -> {
          group.add(script);
          if (group.size() == TOGETHER) {
            together(group, at);
            group = new ArrayList<>();
          }
        }
        case OWN_TRANSACTION -> later(at, () -> inTransactions(script));
        case DIRECT ->
            later(
                at,
                () ->
                    desk.ask(script.orders().get(0), () -> later(0, () -> inTransactions(script))));
      }
    }
    together(group, over.toMillis() / 2);
  }

  private void together(List<Script> scripts, long at) {
    List<Order> orders = scripts.stream().flatMap(script -> script.jobs().stream()).toList();
    List<JobRequest> requests = orders.stream().map(order -> order.request(plan)).toList();
    later(
        at,
        () -> {
          untilItIsKnown(() -> queue.submitAll(requests));
          orders.forEach(this::cancelLater);
          unsubmitted.addAndGet(-scripts.size());
        });
  }

  private void inTransactions(Script script) {
    if (script.ghost()) {
      untilItIsKnown(() -> inTransaction(script.ghostly(), false));
    }
    for (Order order : script.jobs()) {
      untilItIsKnown(() -> inTransaction(order, true));
      cancelLater(order);
    }
    unsubmitted.decrementAndGet();
  }

  private void inTransaction(Order order, boolean commits) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, 7_000); // a host is to do so, too
      connection.setAutoCommit(false);
      queue.submit(connection, order.request(plan));
      if (commits) {
        connection.commit();
      } else {
        connection.rollback();
      }
    }
  }

  private void cancelLater(Order order) {
    if (order.isCancelled()) {
      later(order.cancelledAfterMillis(), () -> untilItIsKnown(() -> queue.cancel(order.id())));
    }
  }

  private void later(long millis, Runnable work) {
    Future<?> unused = // it keeps its exceptions to itself
        threads.schedule(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                faults.add("The clerk failed: " + e);
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** Something that the database may not answer, and that may be done again. */
  private interface Attempt {
    void make() throws SQLException;
  }

  private void untilItIsKnown(Attempt attempt) {
    while (true) {
      try {
        attempt.make();
        return;
      } catch (SQLException | StateStoreException e) {
        again.incrementAndGet();
      }
    }
  }

  /** Returns whether everything has been submitted. */
  boolean isDone() {
    return unsubmitted.get() == 0;
  }

  List<String> faults() {
    return faults;
  }

  /** Returns how often it did something again, as it was not told the outcome. */
  int again() {
    return again.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    queue.close();
  }
}
