package dev.provisioner.samples.quickstart;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.engine.TenantStatus;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** An engine at work on the data directory. */
final class Session implements AutoCloseable {
  static final String INSTALLATION = "quickstart";
  private static final int TENANTS_AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final World world;
  private final Board board;
  private final Onboarding onboarding;
  private final FileStateStore store;
  private final ProvisioningEngine engine;

  private Session(
      World world,
      Board board,
      Onboarding onboarding,
      FileStateStore store,
      ProvisioningEngine engine) {
    this.world = world;
    this.board = board;
    this.onboarding = onboarding;
    this.store = store;
    this.engine = engine;
  }

  static Session open(World world, Board board, CrashPoint crash) throws IOException {
    Folders folders = new Folders(world.data().path("folders"), crash);
    AccessKeys keys = new AccessKeys(world.data().path("keys"), crash);
    Onboarding onboarding = new Onboarding(folders, keys, world.landingZones(folders));
    crash.requireStepOf(onboarding.plan);
    FileStateStore store = FileStateStore.open(world.data().path("state"));
    ProvisioningEngine engine =
        ProvisioningEngine.builder(store)
            .installation(INSTALLATION)
            .plans(onboarding.plan)
            .cipher(world.data().cipher())
            .listener(crash)
            .listener(board)
            .build();
    return new Session(world, board, onboarding, store, engine);
  }

  ProvisioningEngine engine() {
    return engine;
  }

  Onboarding onboarding() {
    return onboarding;
  }

  Optional<TenantStatus> status(TenantId tenant) {
    return engine.status(onboarding.plan, tenant);
  }

  /** Provisions tenants, a few at a time. */
  List<Result> provision(List<Customer> customers) throws InterruptedException {
    return each(customers, this::provision);
  }

  private Result provision(Customer customer) throws InterruptedException {
    @Nullable TenantStatus before = status(customer.id()).orElse(null);
    try {
      Run run =
          engine.provision(
              onboarding.plan,
              customer.id(),
              customer.signup(),
              ProvisionOptions.defaults().whenRunning(ProvisionOptions.WhenRunning.QUEUE));
      if (before != null
          && before.run().equals(run.id())
          && before.runStatus() == RunStatus.SUCCEEDED) {
        board.nothingToDo(customer.id());
        return result(customer, Result.Kind.NOTHING, "");
      }
      Outcome outcome = run.await(PATIENCE);
      board.awaitEnd(customer.id(), run.id(), Duration.ofSeconds(2));
      return outcome instanceof Outcome.Succeeded
          ? result(customer, kind(before), "")
          : result(customer, Result.Kind.FAILED, outcome.explain());
    } catch (ProvisioningException e) {
      return result(customer, Result.Kind.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static Result.Kind kind(@Nullable TenantStatus before) {
    if (before == null || before.lifecycle() == Lifecycle.PURGED) {
      return Result.Kind.PROVISIONED;
    }
    return before.runStatus() == RunStatus.SUCCEEDED ? Result.Kind.CHANGED : Result.Kind.RESUMED;
  }

  private Result result(Customer customer, Result.Kind kind, String explanation) {
    String bucket =
        engine
            .output(onboarding.plan, customer.id(), onboarding.landing)
            .map(Landing::bucket)
            .orElse("");
    return new Result(
        customer,
        kind,
        board.changed(customer.id()),
        board.took(customer.id()),
        bucket,
        explanation);
  }

  /** Compares what is there with what is recorded of all tenants, those of other files too. */
  Census census() throws IOException, InterruptedException {
    Map<Thing, List<String>> recorded = new EnumMap<>(Thing.class);
    for (TenantId tenant : recordedTenants()) {
      status(tenant).ifPresent(status -> record(status, recorded));
      engine
          .output(onboarding.plan, tenant, onboarding.landing)
          .ifPresent(
              landing -> {
                add(recorded, Thing.BUCKET, landing.bucket());
                add(recorded, Thing.ROLE, landing.role());
              });
    }
    return Census.compare(world.things(), recorded);
  }

  private static void record(TenantStatus status, Map<Thing, List<String>> recorded) {
    for (TenantStatus.StepStatus step : status.steps()) {
      String kind = step.provisioner();
      String name = step.name();
      if (kind != null && name != null) {
        switch (kind) {
          case "folder", "folder-stack" -> add(recorded, Thing.FOLDER, name);
          case "terraform-stack" -> add(recorded, Thing.STACK, name);
          case "access-key" -> add(recorded, Thing.ACCESS_KEY, name);
          default -> {
            // a gate makes nothing
          }
        }
      }
    }
  }

  private static void add(Map<Thing, List<String>> recorded, Thing thing, String name) {
    recorded.computeIfAbsent(thing, unused -> new ArrayList<>()).add(name);
  }

  private List<TenantId> recordedTenants() {
    List<TenantId> tenants = new ArrayList<>();
    StateStore.@Nullable Page page = null;
    do {
      page =
          store.list(StateStore.Query.all(INSTALLATION), page == null ? null : page.next(), 1_000);
      page.documents().forEach(listed -> tenants.add(listed.key().tenant()));
    } while (page.next() != null);
    return tenants;
  }

  /** A task for one tenant. */
  interface Task<T> {
    T run(Customer customer) throws InterruptedException;
  }

  /** Does something for each tenant, a few at a time; the results are in the tenants' order. */
  <T> List<T> each(List<Customer> customers, Task<T> task) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(TENANTS_AT_ONCE);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      customers.forEach(customer -> tasks.add(() -> task.run(customer)));
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A tenant's task failed.", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  @Override
  public void close() {
    engine.close();
    store.close();
  }
}
