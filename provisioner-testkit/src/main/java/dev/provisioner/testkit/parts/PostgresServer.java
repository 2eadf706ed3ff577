package dev.provisioner.testkit.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of its own: new, on a free loopback port, with default settings, so that a
 * commit is durable. {@link #close} ends it and removes its data; it also ends when this process
 * does. PostgreSQL refuses to run as root: started by root, it runs as {@code postgres} or {@code
 * nobody}.
 *
 * <p>Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);

  /** Stops the server when its own input ends, which it does when the process that has it dies. */
  private static final String UNTIL_INPUT_ENDS =
      "\"$@\" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server";

  private final Path folder;
  private final Process process;
  private final int port;

  private PostgresServer(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server and waits until it is ready, at most two minutes.
   *
   * @throws IOException if it cannot be started; the message holds its last lines
   */
  public static PostgresServer start() throws IOException, InterruptedException {
    Path programs = RealPart.POSTGRESQL.path();
    Path folder = Files.createTempDirectory("provisioner-postgres-");
    Account user = accountToRunAs();
    if (user != null) {
      Files.setAttribute(folder, "unix:uid", user.uid());
    }
    PostgresServer started = null;
    try {
      run(user, folder, initdb(programs, folder));
      int port = freePort();
      started = new PostgresServer(folder, launch(user, programs, folder, port), port);
      started.awaitReady();
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (started == null) {
        delete(folder);
      } else {
        started.close();
      }
      throw e;
    }
  }

  private static List<String> initdb(Path programs, Path folder) {
    return List.of(
        programs.resolve("initdb").toString(),
        "--pgdata=" + folder.resolve("data"),
        "--username=provisioner",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync");
  }

  private static Process launch(@Nullable Account user, Path programs, Path folder, int port)
      throws IOException {
    List<String> server =
        List.of(
            programs.resolve("postgres").toString(),
            "-D",
            folder.resolve("data").toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=");
    List<String> shell = new ArrayList<>(List.of("sh", "-c", UNTIL_INPUT_ENDS, "sh"));
    shell.addAll(server);
    return builder(user, folder, shell).start();
  }

  private static void run(@Nullable Account user, Path folder, List<String> command)
      throws IOException, InterruptedException {
    Process process = builder(user, folder, command).start();
    if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw new IOException(command.get(0) + " failed. It wrote: " + tail(folder));
    }
  }

  private static ProcessBuilder builder(@Nullable Account user, Path folder, List<String> command) {
    List<String> whole = new ArrayList<>();
    if (user != null) {
      whole.addAll(
          List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups"));
    }
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder).toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  private static @Nullable Account accountToRunAs() throws IOException {
    if (!System.getProperty("user.name", "").equals("root")) {
      return null;
    }
    List<String> accounts = Files.readAllLines(Path.of("/etc/passwd"));
    return Stream.of("postgres:", "nobody:")
        .flatMap(name -> accounts.stream().filter(line -> line.startsWith(name)))
        .map(line -> line.split(":", -1))
        .map(fields -> new Account(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
        .findFirst()
        .orElseThrow(() -> new IOException("Neither postgres nor nobody is in /etc/passwd."));
  }

  /** Returns its address with the user in it; there is no password. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=provisioner";
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new IOException("The PostgreSQL server did not start. It wrote: " + tail(folder));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean ready() throws IOException {
    Path status = folder.resolve("data").resolve("postmaster.pid");
    if (!Files.exists(status)) {
      return false;
    }
    List<String> lines = Files.readAllLines(status);
    return lines.size() > 7 && lines.get(7).strip().equals("ready");
  }

  /** Ends the server and removes its data. Doing so twice is harmless. */
  @Override
  public void close() {
    List<ProcessHandle> servers = process.descendants().toList();
    boolean interrupted = Thread.interrupted();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        servers.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      delete(folder);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private record Account(int uid, int gid) {}

  private static Path log(Path folder) {
    return folder.resolve("log");
  }

  private static String tail(Path folder) throws IOException {
    String text = Files.readString(log(folder));
    return text.substring(Math.max(0, text.length() - 2000));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
