package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another process on the store, for tests that need a real one; and how to start it. */
final class StoreProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private StoreProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts this class's {@code main} in a JVM of its own. */
  static StoreProcess start(String task, Path directory, Object... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName(),
                task,
                directory.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new StoreProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Returns the next line it prints; null when it has ended. */
  @Nullable String line() throws IOException {
    return output.readLine();
  }

  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it as {@code kill -9} does; what it printed can still be read. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    try (FileStateStore store = FileStateStore.open(Path.of(arguments[1]))) {
      switch (arguments[0]) {
        case "increment" -> incrementInThreads(store, Integer.parseInt(arguments[2]));
        case "write" -> writeForEver(store);
        case "announce" -> announceForEver(store, arguments[2]);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }

  /** Several threads on several keys, in different orders. */
  private static void incrementInThreads(FileStateStore store, int times) throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> thrown = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = thread;
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < times; i++) {
                  increment(store, key("counter-" + (first + i) % 3));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.setUncaughtExceptionHandler(
          (failed, e) -> {
            synchronized (thrown) {
              thrown.add(e);
            }
          });
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Throwable e : thrown) {
      throw new IllegalStateException(e);
    }
  }

  private static void increment(FileStateStore store, DocumentKey key) {
    boolean written = false;
    while (!written) {
      StateStore.Versioned read = store.read(key).orElse(null);
      int count = read == null ? 0 : Integer.parseInt(Sample.text(read));
      String revision = read == null ? null : read.revision();
      StateDocument next = document("" + (count + 1), NOON.plusMillis(count % 3));
      written = store.write(key, revision, next).isPresent();
    }
  }

  /**
   * Counts up in one document of varying length and due time, and makes and deletes another; prints
   * each number when its write has returned.
   */
  private static void writeForEver(FileStateStore store) {
    StateStore.Versioned read = store.read(key("acme")).orElse(null);
    int count = read == null ? 0 : parsed(Sample.text(read));
    String revision = read == null ? null : read.revision();
    StateStore.Versioned passing = store.read(key("passing")).orElse(null);
    String passingRevision = passing == null ? null : passing.revision();
    while (true) {
      count++;
      revision =
          store.write(key("acme"), revision, document(counted(count), dueAt(count))).orElseThrow();
      System.out.println(count);
      StateDocument next = passingRevision == null ? document("x", dueAt(count)) : null;
      String written = store.write(key("passing"), passingRevision, next).orElseThrow();
      passingRevision = next == null ? null : written;
    }
  }

  static Instant dueAt(int count) {
    return NOON.plusSeconds(3600L * (count % 5));
  }

  static String counted(int count) {
    return count + ":" + ("" + count).repeat(count * 7919 % 3000);
  }

  /** Returns the number, if the text is that of {@link #counted}. */
  static int parsed(String text) {
    int count = Integer.parseInt(text.substring(0, text.indexOf(':')));
    if (!text.equals(counted(count))) {
      throw new IllegalStateException("Not what was written for " + count + ": " + text);
    }
    return count;
  }

  private static void announceForEver(FileStateStore store, String engine) throws Exception {
    AutoCloseable announced = store.announce(engine);
    System.out.println("announced");
    Thread.sleep(600_000);
    announced.close();
  }
}
