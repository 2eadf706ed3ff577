package dev.provisioner.proofs.processes;

import dev.provisioner.proofs.AuditedStore;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The processes, and what is done to them. For one thread. */
final class Fleet implements AutoCloseable {
  private static final Duration STOPPED_AT_MOST = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final Referee referee;
  private final Requests requests;
  private final StateStore store;
  private final Random random;
  private final List<Process> processes = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private int births;
  private int kills;
  private int stops;
  private int takenOver;

  Fleet(int size, Path directory, Referee referee, Requests requests, StateStore store, long seed)
      throws IOException {
    this.directory = directory;
    this.referee = referee;
    this.requests = requests;
    this.store = store;
    this.random = new Random(seed);
    for (int i = 0; i < size; i++) {
      names.add("");
      processes.add(start(i));
    }
  }

  private Process start(int place) throws IOException {
    String name = place + "-" + ++births;
    names.set(place, name);
    requests.began(name);
    File errors = directory.resolve("errors").toFile();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            Integer.toString(referee.port()),
            directory.toString(),
            name)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(errors))
        .start();
  }

  /** Kills and stops processes until everything is answered; each at least once. */
  void harass() throws IOException, InterruptedException {
    for (int i = 0; i < 10 && takenOver == 0; i++) {
      stop(i % processes.size());
    }
    if (takenOver == 0) {
      faults.add("No process was stopped while it held a run that another could take over.");
    }
    kill(0);
    kill(processes.size() - 1);
    requests.enough();
    while (!requests.done()) {
      Thread.sleep(random.nextInt(8_000)); // when it strikes must be left to chance
      int place = random.nextInt(processes.size());
      if (random.nextInt(5) == 0) {
        stop(place);
      } else {
        kill(place);
      }
      requireAlive();
    }
  }

  private void requireAlive() throws IOException {
    for (int i = 0; i < processes.size(); i++) {
      if (!processes.get(i).isAlive() && !requests.done()) {
        faults.add("Process " + names.get(i) + " has ended by itself; see the file 'errors'.");
        requests.died(names.get(i));
        processes.set(i, start(i));
      }
    }
  }

  private void kill(int place) throws IOException, InterruptedException {
    processes.get(place).destroyForcibly().waitFor();
    requests.died(names.get(place));
    kills++;
    processes.set(place, start(place));
  }

  /** Stops a process in the middle of runs until others have taken them over. */
  private void stop(int place) throws IOException, InterruptedException {
    String worker = names.get(place);
    Map<String, Long> held = new TreeMap<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (held.isEmpty() && !requests.done() && System.nanoTime() < end) {
      signal("-STOP", place);
      held = held(referee.engine(worker));
      if (held.isEmpty()) {
        signal("-CONT", place);
        Thread.sleep(5);
      }
    }
    if (held.isEmpty()) {
      return;
    }
    stops++;
    Map<String, Long> then = held;
    await(STOPPED_AT_MOST, () -> takenOver(then).size() == then.size());
    List<String> taken = takenOver(then);
    signal("-CONT", place);
    takenOver += taken.size();
    if (!await(PATIENCE, () -> referee.lost(worker).containsAll(taken))) {
      faults.add(worker + " lost " + taken + " and told of " + referee.lost(worker) + " only.");
    }
  }

  private static boolean await(Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /** Returns the tokens of the busy tenants' documents that an engine holds, by tenant. */
  private Map<String, Long> held(String engine) {
    Map<String, Long> held = new TreeMap<>();
    if (engine.isEmpty()) {
      return held; // it has just been started
    }
    for (String tenant : requests.busy()) {
      store
          .read(key(tenant))
          .map(there -> AuditedStore.tree(there.document()))
          .filter(tree -> tree.path("lease").path("holder").asText().equals(engine))
          .ifPresent(tree -> held.put(tenant, tree.path("token").asLong()));
    }
    return held;
  }

  private List<String> takenOver(Map<String, Long> held) {
    return held.keySet().stream()
        .filter(tenant -> token(tenant) > held.getOrDefault(tenant, 0L))
        .toList();
  }

  private long token(String tenant) {
    return AuditedStore.tree(store.read(key(tenant)).orElseThrow().document())
        .path("token")
        .asLong();
  }

  static DocumentKey key(String tenant) {
    return new DocumentKey(Worker.INSTALLATION, "records", TenantId.of(tenant));
  }

  private void signal(String signal, int place) throws IOException, InterruptedException {
    String pid = Long.toString(processes.get(place).pid());
    int code = new ProcessBuilder("/bin/kill", signal, pid).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill " + signal + " " + pid + " ended with " + code + ".");
    }
  }

  /** Waits for all processes to end by themselves. */
  List<String> end() throws InterruptedException {
    for (int i = 0; i < processes.size(); i++) {
      Process process = processes.get(i);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        faults.add("Process " + names.get(i) + " does not end.");
      } else if (process.exitValue() != 0) {
        faults.add("Process " + names.get(i) + " ended with " + process.exitValue() + ".");
      }
    }
    return faults;
  }

  @Override
  public String toString() {
    return "%d processes killed; %d stopped past their lease, which lost %d runs and said so"
        .formatted(kills, stops, takenOver);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
