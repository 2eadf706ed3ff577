package dev.provisioner.terraform;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the Terraform binary. Its output goes to a file, not a pipe: if this JVM dies,
 * Terraform finishes and saves its state instead of dying of a broken pipe. It runs only once its
 * process is noted, so that a later engine knows of it.
 *
 * <p>To give up, it asks Terraform to stop, which then lets calls under way end and saves its
 * state; after the grace it kills Terraform and everything it has started.
 */
final class TerraformCall {
  private static final Logger log = LoggerFactory.getLogger(TerraformCall.class);
  private static final long POLL_MILLIS = 20;
  private static final long CAPTURE_MILLIS = 250;

  private final Settings settings;
  private final Attempt attempt;
  private final Path directory;

  /**
   * How a call ended.
   *
   * @param passedOver whether a line of its output was too long to be read
   */
  record Ended(int exitCode, boolean gaveUp, boolean killed, boolean passedOver) {}

  /**
   * Creates a call.
   *
   * @param directory where output files and the note of the running process go
   */
  TerraformCall(Settings settings, Attempt attempt, Path directory) {
    this.settings = settings;
    this.attempt = attempt;
    this.directory = directory;
  }

  Ended run(
      Path workingDirectory,
      List<String> command,
      Map<String, String> environment,
      Consumer<String> onLine)
      throws IOException {
    Path stdout = freshFile(stdoutOf(command));
    Path stderr = freshFile(Commands.shown(command).replace(' ', '-') + ".stderr");
    ProcessBuilder builder = new ProcessBuilder(arguments(command));
    builder.directory(workingDirectory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(stdout.toFile()));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
    long began = System.nanoTime();
    HeldProgram program = start(builder);
    Process process = program.process();
    try (OutputTail tail = new OutputTail(stdout, onLine)) {
      RunningCall.write(noteOf(directory), process.toHandle(), Commands.shown(command));
      program.release();
      Ended ended = follow(process, new ProcessTree(process, workingDirectory), tail, command);
      if (program.mayNotHaveRun(ended.exitCode()) && Files.size(stdout) == 0) {
        throw notStarted(null);
      }
      return ended;
    } finally {
      log.debug(
          "terraform {} of {} took {} ms.",
          Commands.shown(command),
          attempt.name(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
      if (process.isAlive()) {
        new ProcessTree(process, workingDirectory).kill(); // only if following it failed
      }
      Files.deleteIfExists(noteOf(directory));
    }
  }

  /** Returns the note of the process that works in a stack's directory. */
  static Path noteOf(Path directory) {
    return directory.resolve("running.json");
  }

  static String stdoutOf(List<String> command) {
    return Commands.shown(command).replace(' ', '-') + ".stdout";
  }

  private List<String> arguments(List<String> command) {
    List<String> arguments = new ArrayList<>();
    arguments.add(settings.binary());
    arguments.addAll(command);
    return arguments;
  }

  private Path freshFile(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    SecureFiles.createFile(file);
    return file;
  }

  private HeldProgram start(ProcessBuilder builder) {
    try {
      return HeldProgram.start(builder);
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  private PermanentException notStarted(@Nullable IOException cause) {
    return new PermanentException(
        "Terraform cannot be started as '"
            + settings.binary()
            + "'. Nothing was touched. Install it (https://developer.hashicorp.com/terraform/"
            + "install) or name the program with TerraformStacks.builder(...).binary(...); a"
            + " secret variable of more than 128 kB also keeps it from starting.",
        cause);
  }

  private Ended follow(Process process, ProcessTree tree, OutputTail tail, List<String> command)
      throws IOException {
    AtomicBoolean stop = new AtomicBoolean();
    boolean interrupted = false;
    long end = System.nanoTime() + limit().toNanos();
    long capture = System.nanoTime();
    try (Attempt.Registration registration = attempt.onCancel(() -> stop.set(true))) {
      while (process.isAlive()) {
        tail.read();
        if (interrupted || stop.get() || System.nanoTime() - end > 0 || attempt.cancelled()) {
          boolean killed = giveUp(process, tree, tail, command);
          tail.readAll();
          return new Ended(process.exitValue(), true, killed, tail.passedOver());
        }
        if (System.nanoTime() - capture > TimeUnit.MILLISECONDS.toNanos(CAPTURE_MILLIS)) {
          tree.capture();
          capture = System.nanoTime();
        }
        interrupted = waitFor(process);
      }
      tail.readAll();
      boolean killed = process.exitValue() > 128;
      if (killed) {
        tree.killLeftovers();
      }
      return new Ended(process.exitValue(), false, killed, tail.passedOver());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Duration limit() {
    Duration left = attempt.remaining();
    return left.compareTo(settings.callTimeout()) < 0 ? left : settings.callTimeout();
  }

  /** Returns whether it had to be killed. */
  private boolean giveUp(Process process, ProcessTree tree, OutputTail tail, List<String> command)
      throws IOException {
    log.info(
        "Stopping terraform {} of {} (pid {}); it is killed if it does not end within {}.",
        Commands.shown(command),
        attempt.name(),
        process.pid(),
        settings.grace());
    tree.capture();
    process.destroy();
    long end = System.nanoTime() + settings.grace().toNanos();
    boolean interrupted = false;
    while (process.isAlive() && System.nanoTime() - end < 0) {
      tail.read();
      interrupted |= waitFor(process);
    }
    boolean killed = process.isAlive();
    tree.kill();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return killed;
  }

  /** Waits a little; returns whether the thread was interrupted, which clears the flag. */
  private static boolean waitFor(Process process) {
    try {
      process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
