package dev.provisioner.benchmarks.postgresql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param only the one benchmark to run; null for all
 */
record Settings(boolean quick, int repeats, @Nullable String only) {
  static final List<String> NAMES = List.of("steps", "single", "latency", "takeover", "growth");

  static final String USAGE =
      """
      benchmarks/run postgresql [--quick] [--repeats N] [--only NAME]

        --quick      short measurements and small numbers, for a first look
        --repeats N  how often each contestant has its turn, 1 to 100 (5; quick 1)
        --only NAME  one of
                       steps    durable steps a second: plans of eight steps, DBOS Transact
                       single   runs of one step a second, db-scheduler alone
                       latency  from a submission to the first call; db-scheduler, DBOS
                       takeover from kill -9 to when another process goes on with the run
                       growth   what a run costs with 1,000 to 1,000,000 tenants in the table
      """;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static Settings read(String... line) {
    List<String> rest = new ArrayList<>(List.of(line));
    boolean quick = rest.remove("--quick");
    String repeats = option(rest, "--repeats", quick ? "1" : "5");
    String only = option(rest, "--only", null);
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException("There is no option '" + rest.get(0) + "'.");
    }
    if (only != null && !NAMES.contains(only)) {
      throw new IllegalArgumentException("There is no benchmark '" + only + "'.");
    }
    if (repeats == null || !repeats.matches("[1-9][0-9]?|100")) {
      throw new IllegalArgumentException("--repeats is 1 to 100, not '" + repeats + "'.");
    }
    return new Settings(quick, Integer.parseInt(repeats), only);
  }

  private static @Nullable String option(
      List<String> line, String name, @Nullable String otherwise) {
    int at = line.indexOf(name);
    if (at < 0) {
      return otherwise;
    }
    line.remove(at);
    if (at == line.size()) {
      throw new IllegalArgumentException(name + " needs a value.");
    }
    return line.remove(at);
  }

  boolean wants(String name) {
    return only == null || only.equals(name);
  }

  Duration warmUp() {
    return Duration.ofSeconds(quick ? 2 : 4);
  }

  Duration window() {
    return Duration.ofSeconds(quick ? 3 : 6);
  }

  int oneByOne() {
    return quick ? 100 : 500;
  }

  int kills() {
    return quick ? 2 : Math.max(10, 2 * repeats);
  }

  List<Integer> tenants() {
    return quick ? List.of(1_000, 20_000) : List.of(1_000, 100_000, 1_000_000);
  }

  int jobs() {
    return quick ? 2_000 : 10_000;
  }
}
