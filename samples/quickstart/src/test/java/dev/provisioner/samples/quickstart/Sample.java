package dev.provisioner.samples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the sample's main in a JVM of its own, on one data directory. */
final class Sample {
  private static final long PATIENCE_SECONDS = 180;
  private static final Path HOME = Path.of("").toAbsolutePath();

  private final Path temporary;
  private final List<String> always = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>(System.getenv());
  private int runs;

  /** How a run ended, and what it wrote. */
  record Ended(int exitCode, String out) {}

  private Sample(Path temporary) {
    this.temporary = temporary;
    environment.keySet().removeIf(name -> name.startsWith("QUICKSTART_"));
  }

  /** A sample that finds no program at all. */
  static Sample withoutPrograms(Path temporary) {
    Sample sample = new Sample(temporary);
    sample.environment.keySet().removeIf(name -> name.startsWith("PROVISIONER_"));
    sample.environment.put("PATH", temporary.resolve("no-programs").toString());
    return sample;
  }

  static Sample with(World.Kind parts, Path temporary) {
    Sample sample = new Sample(temporary);
    sample.always.add("--parts");
    sample.always.add(parts.label());
    return sample;
  }

  /** Writes a file of these tenants, as JSON objects, which the sample then reads. */
  Sample tenants(String... tenants) throws IOException {
    Path file = temporary.resolve("some-tenants.json");
    Files.writeString(file, "[" + String.join(",\n", tenants) + "]");
    always.add("--tenants");
    always.add(file.toString());
    return this;
  }

  Path data() {
    return temporary.resolve("data");
  }

  Ended run(String... arguments) throws IOException, InterruptedException {
    Path out = temporary.resolve("run-" + ++runs + ".txt");
    return ended(start(out, arguments), out);
  }

  /** Starts a run and asks it to end, as Ctrl-C would, when it has written a text. */
  Ended interrupted(String when) throws IOException, InterruptedException {
    Path out = temporary.resolve("run-" + ++runs + ".txt");
    Process process = start(out);
    while (process.isAlive() && !Files.readString(out).contains(when)) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    process.destroy();
    return ended(process, out);
  }

  private Process start(Path out, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dquickstart.home=" + HOME);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Quickstart.class.getName());
    command.addAll(always);
    command.add("--data");
    command.add(data().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Ended ended(Process process, Path out) throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("The sample did not end. " + Files.readString(out));
    }
    return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }

  /** Returns the names below a directory of the data directory, except hidden ones. */
  List<String> names(String directory) throws IOException {
    return Trees.names(data().resolve(directory));
  }

  /** Returns the files below the data directory whose name has a text in it. */
  List<Path> files(String text) throws IOException {
    try (Stream<Path> tree = Files.walk(data())) {
      return tree.filter(file -> file.getFileName().toString().contains(text)).toList();
    }
  }

  /** Returns the steps that a run worked on, in the order in which they began. */
  static List<String> begun(Ended ended, String tenant) {
    List<String> steps = new ArrayList<>();
    Matcher m =
        Pattern.compile(
                "(?m)^\\S+  " + Pattern.quote(tenant) + "  ([a-z-]+): (create|update|remove)\\b")
            .matcher(ended.out());
    while (m.find()) {
      steps.add(m.group(1) + " " + m.group(2));
    }
    return steps;
  }

  /** Waits until no process works below the data directory, and returns those that still do. */
  List<String> processesLeft() throws InterruptedException {
    List<String> left = processes();
    for (int i = 0; i < 100 && !left.isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
      left = processes();
    }
    return left;
  }

  /** Looks where processes have their working directory; only Linux tells. */
  private List<String> processes() {
    Path stacks = data().resolve("stacks");
    return ProcessHandle.allProcesses()
        .filter(process -> worksBelow(process, stacks))
        .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
        .toList();
  }

  private static boolean worksBelow(ProcessHandle process, Path directory) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
          .startsWith(directory);
    } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
      return false; // ended meanwhile, somebody else's, or no /proc
    }
  }
}
