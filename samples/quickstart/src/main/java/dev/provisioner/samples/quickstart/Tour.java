package dev.provisioner.samples.quickstart;

import dev.provisioner.engine.DriftReport;
import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.Preview;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.engine.TenantStatus;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be done with the tenants, each ending in an exit code. */
final class Tour {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Options options;
  private final Terminal terminal;
  private final DataDirectory data;
  private final List<Customer> file;

  Tour(Options options, Terminal terminal, DataDirectory data, List<Customer> file) {
    this.options = options;
    this.terminal = terminal;
    this.data = data;
    this.file = file;
  }

  int provision() throws IOException, InterruptedException {
    Map<String, Size> changes = data.changes();
    return provision(booked(changes), List.of());
  }

  int change() throws IOException, InterruptedException {
    Map<String, Size> before = data.changes();
    Map<String, Size> after = before.isEmpty() ? newChanges() : Map.of();
    List<String> changed = new ArrayList<>(before.isEmpty() ? after.keySet() : before.keySet());
    data.changes(after);
    return provision(booked(after), changed);
  }

  /** Somebody small books more, somebody large books less. */
  private Map<String, Size> newChanges() {
    Map<String, Size> changes = new LinkedHashMap<>();
    Customer first =
        file.stream()
            .filter(customer -> customer.signup().size() == Size.SMALL)
            .findFirst()
            .orElse(file.get(0));
    changes.put(first.id().value(), first.signup().size().other());
    file.stream()
        .filter(customer -> customer.signup().size() == Size.LARGE && !customer.equals(first))
        .reduce((one, next) -> next)
        .ifPresent(last -> changes.put(last.id().value(), last.signup().size().other()));
    return changes;
  }

  /** Returns the tenants as they have booked by now. */
  private List<Customer> booked(Map<String, Size> changes) {
    return file.stream()
        .map(
            customer -> {
              Size size = changes.get(customer.id().value());
              return size == null ? customer : customer.booked(size);
            })
        .toList();
  }

  private int provision(List<Customer> customers, List<String> changed)
      throws IOException, InterruptedException {
    World world = open();
    Board board = new Board(customers);
    CrashPoint crash =
        new CrashPoint(
            options.mode() == Options.Mode.CRASH_AT ? options.subjectIfAny() : Optional.empty());
    try (Session session = Session.open(world, board, crash)) {
      preview(session, customers, changed);
      long begin = System.nanoTime();
      List<Result> results;
      try (Display display = Display.of(board, terminal);
          Interrupted interrupted = Interrupted.watch(session, display)) {
        results = session.provision(customers);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      Summary.print(results, took);
      return end(session, results);
    }
  }

  private int end(Session session, List<Result> results) throws IOException, InterruptedException {
    boolean failed = results.stream().anyMatch(result -> result.kind() == Result.Kind.FAILED);
    boolean nothing = results.stream().allMatch(result -> result.kind() == Result.Kind.NOTHING);
    if (nothing) {
      System.out.println("Nothing to do: all is recorded as it is wanted, and nothing was called.");
    }
    if (options.mode() == Options.Mode.CRASH_AT) {
      System.out.println(
          "No crash: no tenant had work to do in step '"
              + options.requiredSubject()
              + "'. Try it after --reset.");
    }
    Census census = session.census();
    System.out.println("\ncounted");
    census.lines().forEach(line -> System.out.println("  " + line));
    if (!census.exact()) {
      System.out.println("\nThe world differs from what is recorded; --drift says more.");
    }
    if (failed) {
      System.out.println("\nRun it again to go on with what failed.");
    }
    return failed || !census.exact() ? 1 : 0;
  }

  private void preview(Session session, List<Customer> customers, List<String> changed) {
    for (Customer customer : customers) {
      if (changed.contains(customer.id().value())) {
        Preview preview =
            session.engine().preview(session.onboarding().plan, customer.id(), customer.signup());
        System.out.println(
            "preview of " + customer.id() + ", now " + customer.signup().size().label());
        preview.steps().forEach(step -> System.out.println("        " + step));
      }
    }
  }

  int drift() throws IOException, InterruptedException {
    List<Customer> asked =
        options.subjectIfAny().map(who -> List.of(customer(who))).orElse(booked(data.changes()));
    try (Session session =
        Session.open(open(), new Board(file), new CrashPoint(Optional.empty()))) {
      List<Customer> recorded =
          asked.stream().filter(customer -> session.status(customer.id()).isPresent()).toList();
      List<DriftReport> reports =
          session.each(
              recorded,
              customer -> session.engine().drift(session.onboarding().plan, customer.id()));
      int drifted = 0;
      for (int i = 0; i < recorded.size(); i++) {
        DriftReport report = reports.get(i);
        drifted += report.drifted() ? 1 : 0;
        System.out.println(recorded.get(i).id() + (report.drifted() ? "" : ": as recorded"));
        if (report.drifted()) {
          report.steps().forEach(step -> System.out.println("        " + step));
        }
      }
      System.out.println(
          "\n" + recorded.size() + " tenants: " + drifted + " differ from what is recorded");
      return drifted == 0 ? 0 : 1;
    }
  }

  int tamper() throws IOException, InterruptedException {
    Customer customer = customer(options.requiredSubject());
    World world = open();
    try (Session session = Session.open(world, new Board(file), new CrashPoint(Optional.empty()))) {
      TenantStatus status = required(session.status(customer.id()), customer.id());
      for (TenantStatus.StepStatus step : status.steps()) {
        String name = step.name() == null ? "" : step.name();
        if (step.step().equals("welcome")) {
          Path page = data.path("folders").resolve(name).resolve("index.html");
          Files.deleteIfExists(page);
          System.out.println("deleted " + page);
        } else if (step.step().equals("workspace")) {
          Path settings = data.path("folders").resolve(name).resolve("settings.json");
          Files.writeString(settings, "{\"size\": \"enormous\"}\n");
          System.out.println("overwrote " + settings);
        }
      }
      Optional<Landing> landing =
          session
              .engine()
              .output(session.onboarding().plan, customer.id(), session.onboarding().landing);
      Emulator emulator = world.emulator();
      if (emulator != null && landing.isPresent()) {
        emulator.deleteBucket(landing.get().bucket());
        System.out.println("deleted bucket " + landing.get().bucket() + " in the emulator");
      }
      System.out.println("\nNothing of this is recorded. See what --drift finds.");
      return 0;
    }
  }

  int remove() throws IOException, InterruptedException {
    Customer customer = customer(options.requiredSubject());
    try (Session session =
        Session.open(open(), new Board(file), new CrashPoint(Optional.empty()))) {
      required(session.status(customer.id()), customer.id());
      ProvisioningEngine engine = session.engine();
      if (!ended(engine.deprovision(session.onboarding().plan, customer.id()))) {
        return 1;
      }
      TenantStatus retained = required(session.status(customer.id()), customer.id());
      System.out.println("retained until " + retained.retainedUntil());
      retained.steps().stream()
          .filter(step -> !step.stands().equals("NOTHING"))
          .forEach(step -> System.out.println("        " + step.step() + "  " + step.name()));
      System.out.println("\nNobody waits that long here:\n");
      if (!ended(engine.purge(session.onboarding().plan, customer.id()))) {
        return 1;
      }
      Census census = session.census();
      System.out.println("counted");
      census.lines().forEach(line -> System.out.println("  " + line));
      System.out.println("\nThe next run makes it anew, as long as the tenants file has it.");
      return 0;
    }
  }

  private static boolean ended(Run run) throws InterruptedException {
    Outcome outcome = run.await(PATIENCE);
    System.out.println(run.report());
    if (outcome instanceof Outcome.Succeeded) {
      return true;
    }
    System.out.println(outcome.explain());
    return false;
  }

  /** Reads what is recorded; an engine without plans goes on with nothing. */
  int report() {
    Customer customer = customer(options.requiredSubject());
    try (FileStateStore store = FileStateStore.open(data.path("state"));
        ProvisioningEngine reader =
            ProvisioningEngine.builder(store)
                .installation(Session.INSTALLATION)
                .cipher(data.cipher())
                .build()) {
      Optional<Run> run = reader.run(Plan.of(Onboarding.NAME, Signup.class), customer.id());
      System.out.println(required(run, customer.id()).report());
      return 0;
    }
  }

  private World open() throws IOException, InterruptedException {
    World world = World.open(data, options.home(), options.parts(), System.out::println);
    System.out.println("data    " + options.data());
    System.out.println();
    return world;
  }

  /** Finds a tenant by its id or its number in the file. */
  private Customer customer(String who) {
    return file.stream()
        .filter(each -> each.id().value().equals(who))
        .findFirst()
        .or(
            () ->
                file.stream()
                    .filter(each -> Integer.toString(each.number()).equals(who))
                    .findFirst())
        .orElseThrow(
            () ->
                new UsageException(
                    "There is no tenant '"
                        + who
                        + "' in "
                        + options.tenants()
                        + ". Give an id, or a number from 1 to "
                        + file.size()
                        + "."));
  }

  private static <T> T required(Optional<T> known, TenantId tenant) {
    return known.orElseThrow(
        () -> new UsageException("Nothing is recorded of tenant " + tenant + ". Provision first."));
  }
}
