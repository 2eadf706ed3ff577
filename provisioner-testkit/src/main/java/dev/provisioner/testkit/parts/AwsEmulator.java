package dev.provisioner.testkit.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running AWS emulator ({@code moto_server}) on a free loopback port. {@link #close} ends it and
 * every process it started.
 *
 * <p>Thread-safe.
 */
public final class AwsEmulator implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Process process;
  private final int port;
  private final Path log;

  private AwsEmulator(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts an emulator and waits until it answers, at most a minute.
   *
   * @throws IOException if it cannot be started or does not answer; the message holds its last
   *     lines
   */
  public static AwsEmulator start() throws IOException, InterruptedException {
    int port = freePort();
    Path log = Files.createTempFile("aws-emulator-", ".log");
    Process process =
        new ProcessBuilder(
                RealPart.AWS_EMULATOR.path().toString(),
                "-H",
                InetAddress.getLoopbackAddress().getHostAddress(),
                "-p",
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    AwsEmulator emulator = new AwsEmulator(process, port, log);
    boolean ready = false;
    try {
      emulator.awaitReady();
      ready = true;
      return emulator;
    } finally {
      if (!ready) {
        emulator.close();
      }
    }
  }

  /** Returns where it listens, such as {@code http://127.0.0.1:40123}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Returns its process. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /**
   * Counts the requests it has answered so far with a status.
   *
   * @param request the method and the path with its query, such as {@code PUT /landing-acme}
   * @throws IOException if its log cannot be read, as after {@link #close}
   */
  public long answered(String request, int status) throws IOException {
    String line = "\"" + request + " HTTP/1.1\" " + status + " ";
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(text -> text.contains(line)).count();
    }
  }

  /** Ends the emulator and every process it started. Doing so twice is harmless. */
  @Override
  public void close() {
    List<ProcessHandle> tree =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    tree.forEach(ProcessHandle::destroyForcibly);
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      Files.deleteIfExists(log);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (IOException e) {
      log.toFile().deleteOnExit();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new IOException("The AWS emulator did not start. It wrote: " + tail());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return process.isAlive();
    } catch (IOException e) {
      return false;
    }
  }

  private String tail() throws IOException {
    String text = Files.readString(log);
    return text.substring(Math.max(0, text.length() - 2000));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
