package dev.provisioner.proofs.nodes;

import dev.provisioner.testkit.tcp.TcpFault;
import dev.provisioner.testkit.tcp.TcpFaultProxy;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The nodes, each behind a proxy of its own, and what is done to them. For one thread. */
final class Crew implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 60_000;

  private final Path directory;
  private final Desk desk;
  private final Database database;
  private final Takeovers takeovers;
  private final List<TcpFaultProxy> proxies;
  private final String url;
  private final Random random;
  private final List<Process> processes = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Map<Blow, Integer> blows = new EnumMap<>(Blow.class);
  private int births;
  private int terminated;
  private int lost;

  /**
   * Starts the nodes.
   *
   * @param proxies one for each node, and others whose connections are struck too
   * @param url the database's address, with %d for the port of a proxy
   */
  Crew(
      int size,
      Path directory,
      Desk desk,
      Database database,
      Takeovers takeovers,
      List<TcpFaultProxy> proxies,
      String url,
      Random random)
      throws IOException {
    this.directory = directory;
    this.desk = desk;
    this.database = database;
    this.takeovers = takeovers;
    this.proxies = proxies;
    this.url = url;
    this.random = random;
    for (int place = 0; place < size; place++) {
      names.add("");
      processes.add(start(place));
    }
  }

  private Process start(int place) throws IOException {
    String name = "node-" + place + "-" + ++births;
    names.set(place, name);
    File errors = directory.resolve("errors").toFile();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-cp",
            System.getProperty("java.class.path"),
            Node.class.getName(),
            Integer.toString(desk.port()),
            url.formatted(proxies.get(place).port()),
            directory.toString(),
            name)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(errors))
        .start();
  }

  /** Waits until every node has its engine. */
  void awaitReady() throws InterruptedException {
    for (String name : names) {
      if (!await(() -> !desk.engine(name).isEmpty())) {
        faults.add(name + " does not begin; see the file 'errors'.");
      }
    }
  }

  /** Strikes some node, or some connection. Returns false if there was nothing to strike. */
  boolean strike(Blow blow) throws IOException, InterruptedException, SQLException {
    int place = random.nextInt(processes.size());
    boolean landed =
        switch (blow) {
          case KILL -> kill(place);
          case STOP -> stop(place);
          case TERMINATE -> terminate();
          default -> disturb(blow);
        };
    if (landed) {
      blows.merge(blow, 1, Integer::sum);
    }
    requireAlive();
    return landed;
  }

  private boolean kill(int place) throws IOException, InterruptedException, SQLException {
    String name = names.get(place);
    long at = System.currentTimeMillis();
    processes.get(place).destroyForcibly().waitFor();
    takeovers.struck(at, name, held(name), database.picked(name));
    desk.died(name);
    processes.set(place, start(place));
    return true;
  }

  /** Stops a node that holds runs, longer than others take to go on with them. */
  private boolean stop(int first) throws IOException, InterruptedException, SQLException {
    for (int i = 0; i < 200; i++) {
      int place = (first + i) % processes.size();
      signal("-STOP", place);
      long at = System.currentTimeMillis();
      Map<String, Long> held = held(names.get(place));
      if (!held.isEmpty()) {
        stopped(place, at, held);
        return true;
      }
      signal("-CONT", place);
      Thread.sleep(20);
    }
    return false;
  }

  private void stopped(int place, long at, Map<String, Long> held)
      throws IOException, InterruptedException, SQLException {
    String name = names.get(place);
    takeovers.struck(at, name, held, database.picked(name));
    Thread.sleep(Node.LEASE.plus(Node.TAKEOVER).toMillis());
    Set<String> taken = takenOver(held);
    signal("-CONT", place);
    lost += taken.size();
    if (!await(() -> desk.lost(name).containsAll(taken))) {
      faults.add(name + " lost " + taken + " and told of " + desk.lost(name) + " only.");
    }
  }

  private Map<String, Long> held(String name) throws SQLException {
    String engine = desk.engine(name);
    return engine.isEmpty() ? Map.of() : database.held(engine); // else it has just been started
  }

  /** Returns the tenants whose lease has changed hands; its own last write may end a run, too. */
  private Set<String> takenOver(Map<String, Long> held) throws SQLException {
    Map<String, Long> taken = database.tokens();
    taken
        .entrySet()
        .removeIf(each -> each.getValue() <= held.getOrDefault(each.getKey(), each.getValue()));
    return taken.keySet();
  }

  private boolean terminate() throws SQLException {
    terminated += database.terminate(1 + random.nextInt(5));
    return true;
  }

  private boolean disturb(Blow blow) {
    TcpFaultProxy proxy = proxies.get(random.nextInt(proxies.size()));
    TcpFault[] some = new TcpFault[1 + random.nextInt(3)];
    for (int i = 0; i < some.length; i++) {
      some[i] = blow.fault(random);
    }
    proxy.next(sent -> true, some);
    return true;
  }

  private void requireAlive() throws IOException {
    for (int place = 0; place < processes.size(); place++) {
      if (!processes.get(place).isAlive()) {
        faults.add(names.get(place) + " has ended by itself; see the file 'errors'.");
        desk.died(names.get(place));
        processes.set(place, start(place));
      }
    }
  }

  private void signal(String signal, int place) throws IOException, InterruptedException {
    String pid = Long.toString(processes.get(place).pid());
    int code = new ProcessBuilder("/bin/kill", signal, pid).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill " + signal + " " + pid + " ended with " + code + ".");
    }
  }

  private static boolean await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /** Has the nodes end by themselves, and waits for it. */
  List<String> end() throws InterruptedException {
    desk.end();
    for (int place = 0; place < processes.size(); place++) {
      Process process = processes.get(place);
      @Nullable Integer code =
          process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) ? process.exitValue() : null;
      if (code == null || code != 0) {
        faults.add(names.get(place) + (code == null ? " does not end." : " ended with " + code));
      }
    }
    return faults;
  }

  @Override
  public String toString() {
    return "blows %s; %d connections ended by the server; stopped nodes lost %d runs and said so"
        .formatted(blows, terminated, lost);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
