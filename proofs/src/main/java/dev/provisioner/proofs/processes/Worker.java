package dev.provisioner.proofs.processes;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.AuditedStore;
import dev.provisioner.proofs.Records;
import dev.provisioner.proofs.Wire;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** A process that does what the referee asks for, with several threads, until there is no more. */
final class Worker {
  static final String INSTALLATION = "processes";
  static final Duration LEASE = Duration.ofSeconds(2);
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);
  private static final int HOSTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Wire wire;
  private final String name;
  private final Plan<Wish> plan;
  private final ProvisioningEngine engine;

  record Wish(String value) {}

  private Worker(Wire wire, String name, AuditedStore store) {
    this.wire = wire;
    this.name = name;
    this.plan = plan(new Records(wire, name));
    this.engine =
        ProvisioningEngine.builder(store)
            .installation(INSTALLATION)
            .plans(plan)
            .lease(LEASE)
            .callTimeout(CALL_TIMEOUT)
            .sweepInterval(Duration.ofMillis(100))
            .listener(
                event -> {
                  if (event instanceof LeaseLost lost) {
                    tell("LOST", name, lost.header().tenant());
                  }
                })
            .build();
  }

  static Plan<Wish> plan(Records records) {
    Retry retry = Retry.atMost(50).backoff(Duration.ofMillis(10), Duration.ofMillis(100));
    Step<Wish, Records.Row> one =
        Step.named("one", records).retry(retry).from(t -> new Records.Spec(t.input().value()));
    Step<Wish, Records.Row> left =
        Step.named("left", records)
            .retry(retry)
            .from(one, (t, o) -> new Records.Spec("left of " + o.value()));
    Step<Wish, Records.Row> right =
        Step.named("right", records)
            .retry(retry)
            .from(one, (t, o) -> new Records.Spec("right of " + o.value()));
    return Plan.of("records", Wish.class, one, left, right);
  }

  /** Arguments: the referee's port, the directory, this process's name. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[1]);
    try (AuditedStore store =
        new AuditedStore(
            FileStateStore.open(directory.resolve("store")),
            directory.resolve("audit").resolve(args[2]))) {
      Wire wire = new Wire(Integer.parseInt(args[0]));
      Worker worker = new Worker(wire, args[2], store);
      wire.ask("ENGINE", args[2], store.engine());
      worker.work();
      worker.engine.close();
    }
  }

  private void work() throws InterruptedException {
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
          Thread.sleep(20);
        } else {
          answer(request);
        }
        request = wire.ask("NEXT", name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does a request: its number, what to do, the tenant, a value. */
  private void answer(String[] request) throws IOException, InterruptedException {
    String number = request[1];
    try {
      Run run = begin(request[0], TenantId.of(request[2]), request[3]);
      wire.ask("BEGUN", name, number, run.id());
      Outcome outcome = run.await(PATIENCE);
      boolean good = outcome instanceof Outcome.Succeeded;
      wire.ask(good ? "SUCCEEDED" : "NOT", name, number, run.id(), outcome + outcome.explain());
    } catch (RuntimeException e) {
      wire.ask("THREW", name, number, e);
    }
  }

  private Run begin(String verb, TenantId tenant, String value) {
    return switch (verb) {
      case "PROVISION" ->
          engine.provision(
              plan,
              tenant,
              new Wish(value),
              ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE));
      case "DEPROVISION" -> engine.deprovision(plan, tenant, Duration.ofDays(1));
      case "PURGE" -> engine.purge(plan, tenant);
      default -> throw new IllegalArgumentException(verb);
    };
  }

  private void tell(Object... words) {
    try {
      wire.ask(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
