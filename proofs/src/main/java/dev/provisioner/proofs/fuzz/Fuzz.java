package dev.provisioner.proofs.fuzz;

import dev.provisioner.proofs.Arguments;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the coverage-guided fuzzer Jazzer on each target, in a process of its own, for so many
 * seconds, and goes on from what earlier runs found. Ends with 1 if there was a finding.
 */
public final class Fuzz {
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final int MAX_INPUT_BYTES = 16_384;
  private static final int TOO_LONG_SECONDS = 60;
  private static final Pattern COVERAGE = Pattern.compile(" cov: (\\d+) ");

  private final Path home;
  private final long seconds;

  private Fuzz(Path home, long seconds) {
    this.home = home;
    this.seconds = seconds;
  }

  /** Fuzzes. */
  public static void main(String... line) throws Exception {
    List<String> rest = new ArrayList<>(List.of(line));
    List<String> targets = targets(rest);
    Arguments.Values values =
        Arguments.of("fuzz")
            .option(
                "seconds",
                60,
                1,
                1_000_000,
                "for each target; --target NAME is one of " + Targets.NAMES)
            .readOrExit(rest.toArray(String[]::new));
    Path home = Path.of(System.getProperty("proofs.root", "."), "proofs", "target", "fuzz");
    Fuzz fuzz = new Fuzz(home, values.get("seconds"));
    boolean clean = true;
    for (String target : targets) {
      clean &= fuzz.run(target);
    }
    System.exit(clean ? 0 : 1);
  }

  private static List<String> targets(List<String> line) {
    int at = line.indexOf("--target");
    if (at < 0) {
      return Targets.NAMES;
    }
    line.remove(at);
    if (at == line.size() || !Targets.NAMES.contains(line.get(at))) {
      System.err.println("fuzz: --target is one of " + Targets.NAMES + ".");
      System.exit(2);
    }
    return List.of(line.remove(at));
  }

  private boolean run(String target) throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(home.resolve(target).resolve("corpus"));
    writeSeeds(target, corpus);
    Path log = home.resolve(target).resolve("log");
    Process process =
        new ProcessBuilder(command(target, corpus))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      int exit = process.waitFor();
      report(target, exit, log);
      return exit == 0;
    } finally {
      process.destroy();
    }
  }

  private static void writeSeeds(String name, Path corpus) throws IOException {
    try (Target target = Targets.open(name)) {
      int number = 0;
      for (byte[] seed : target.seeds()) {
        Files.write(corpus.resolve("seed-" + number++), seed);
      }
    }
  }

  private List<String> command(String target, Path corpus) {
    String findings = home.resolve(target) + File.separator;
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx700m",
        "-cp",
        System.getProperty("java.class.path"),
        JAZZER,
        "--target_class=" + Fuzzed.class.getName(),
        "--target_args=" + target,
        "--instrumentation_includes=dev.provisioner.**:com.fasterxml.jackson.core.**",
        "--reproducer_path=" + findings,
        "-artifact_prefix=" + findings,
        "-max_total_time=" + seconds,
        "-max_len=" + MAX_INPUT_BYTES,
        "-timeout=" + TOO_LONG_SECONDS,
        "-rss_limit_mb=0",
        "-print_final_stats=1",
        corpus.toString());
  }

  private static void report(String target, int exit, Path log) throws IOException {
    String text = Files.readString(log);
    String found = exit == 0 ? "no finding" : "FINDING, see " + log;
    System.out.printf(
        "%-12s %s executions, %s/s, coverage %s: %s%n",
        target,
        last(text, Pattern.compile("number_of_executed_units: (\\d+)")),
        last(text, Pattern.compile("average_exec_per_sec: +(\\d+)")),
        last(text, COVERAGE),
        found);
  }

  private static String last(String text, Pattern pattern) {
    String last = "?";
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      last = matcher.group(1);
    }
    return last;
  }
}
