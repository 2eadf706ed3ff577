package dev.provisioner.proofs.nodes;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.engine.EngineBuilder;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.jdbc.JdbcStateStore;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.plan.Plan;
import dev.provisioner.proofs.AuditedStore;
import dev.provisioner.proofs.Records;
import dev.provisioner.proofs.Wire;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** A node: an engine and a queue. It also does what the controller asks for past the queue. */
final class Node {
  static final String INSTALLATION = "nodes";
  static final Duration LEASE = Duration.ofSeconds(3);
  static final Duration TAKEOVER = Duration.ofSeconds(8);
  static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);
  private static final int WORKERS = 16;
  private static final int HOSTS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Wire wire;
  private final String name;
  private final Plan<Diamond.Wish> plan;
  private final ProvisioningEngine engine;

  private Node(Wire wire, String name, Plan<Diamond.Wish> plan, ProvisioningEngine engine) {
    this.wire = wire;
    this.name = name;
    this.plan = plan;
    this.engine = engine;
  }

  /** Arguments: the controller's port, the database's address, the directory, the node's name. */
  public static void main(String[] args) throws Exception {
    Wire wire = new Wire(Integer.parseInt(args[0]));
    String name = args[3];
    Plan<Diamond.Wish> plan = Diamond.plan(new Records(wire, name));
    try (HikariDataSource pool = Database.pool(args[1], name, WORKERS);
        AuditedStore store =
            new AuditedStore(opened(pool), Path.of(args[2]).resolve("audit").resolve(name));
        ProvisioningEngine engine = engine(store, wire, name).plans(plan).build()) {
      wire.ask("ENGINE", name, store.engine());
      JobQueue queue = opened(pool, engine);
      new Node(wire, name, plan, engine).serve();
      queue.close();
    }
  }

  private static EngineBuilder engine(StateStore store, Wire wire, String name) {
    return ProvisioningEngine.builder(store)
        .installation(INSTALLATION)
        .lease(LEASE)
        .callTimeout(Duration.ofSeconds(1))
        .sweepInterval(Duration.ofMillis(200))
        .listener(
            event -> {
              if (event instanceof LeaseLost lost) {
                tell(wire, "LOST", name, lost.header().tenant());
              }
            });
  }

  /** Opens the store, again until the database can be reached. */
  private static StateStore opened(HikariDataSource pool) {
    while (true) {
      try {
        return JdbcStateStore.on(pool).queryTimeout(QUERY_TIMEOUT).open();
      } catch (StateStoreException e) {
        System.err.println("Opening the store again: " + e.getMessage());
      }
    }
  }

  private static JobQueue opened(HikariDataSource pool, ProvisioningEngine engine) {
    while (true) {
      try {
        return JobQueue.on(pool, engine)
            .workers(WORKERS)
            .queryTimeout(QUERY_TIMEOUT)
            .pollInterval(Duration.ofMillis(500))
            .takeover(TAKEOVER)
            .open();
      } catch (StateStoreException e) {
        System.err.println("Opening the queue again: " + e.getMessage());
      }
    }
  }

  private void serve() throws InterruptedException {
    Thread[] hosts = new Thread[HOSTS];
    for (int i = 0; i < HOSTS; i++) {
      hosts[i] = new Thread(this::host, "host-" + i);
      hosts[i].start();
    }
    for (Thread each : hosts) {
      each.join();
    }
  }

  private void host() {
    try {
      String[] request = wire.ask("NEXT", name);
      while (!request[0].equals("END")) {
        if (request[0].equals("WAIT")) {
          Thread.sleep(50);
        } else {
          provision(request[1], request[2]);
        }
        request = wire.ask("NEXT", name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void provision(String tenant, String value) throws IOException, InterruptedException {
    try {
      Outcome outcome =
          engine.provision(plan, TenantId.of(tenant), new Diamond.Wish(value)).await(PATIENCE);
      boolean good = outcome instanceof Outcome.Succeeded;
      wire.ask(good ? "DONE" : "NOT", name, tenant, outcome.explain());
    } catch (RuntimeException e) {
      wire.ask("THREW", name, tenant, e);
    }
  }

  private static void tell(Wire wire, Object... words) {
    try {
      wire.ask(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
