package dev.provisioner.proofs.kills;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes whose environment names a temporary directory below ours, wherever they hang in the
 * tree by now: Terraform hands {@code TMPDIR} down to its providers. Read in {@code /proc}.
 */
final class Processes {
  static final String MARKER = "TMPDIR";

  private final String marker;

  /** A process and its command line. */
  record Marked(ProcessHandle process, List<String> command) {
    boolean isTerraform() {
      return Path.of(command.get(0)).endsWith("terraform");
    }

    boolean isProvider() {
      return command.get(0).contains("terraform-provider-");
    }

    String subcommand() {
      return command.size() > 1 ? command.get(1) : "";
    }

    @Override
    public String toString() {
      return process.pid() + " " + String.join(" ", command);
    }
  }

  private Processes(String marker) {
    this.marker = marker;
  }

  static Processes of(Path directory) {
    return new Processes("\0" + MARKER + "=" + directory);
  }

  List<Marked> all() {
    return ProcessHandle.allProcesses().flatMap(process -> marked(process).stream()).toList();
  }

  List<Marked> terraforms() {
    return all().stream().filter(Marked::isTerraform).toList();
  }

  List<Marked> providers() {
    return all().stream().filter(Marked::isProvider).toList();
  }

  /** Waits until none is left, at most half a minute, and returns those that are. */
  List<Marked> left() throws InterruptedException {
    List<Marked> left = all();
    for (int i = 0; i < 600 && !left.isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
      left = all();
    }
    return left;
  }

  void killAll() {
    all().forEach(marked -> marked.process().destroyForcibly());
  }

  /** Sends a signal to a process, or with a negative number to a process group. */
  static void signal(String signal, long target) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, "--", Long.toString(target))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private Optional<Marked> marked(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      String environment = "\0" + read(proc.resolve("environ"));
      String command = read(proc.resolve("cmdline"));
      return environment.contains(marker) && !command.isEmpty()
          ? Optional.of(new Marked(process, Stream.of(command.split("\0")).toList()))
          : Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // ended meanwhile, or somebody else's
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
