package dev.provisioner.benchmarks.postgresql;

import dev.provisioner.testkit.parts.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets contestants take turns on one server: A B C A B C and so on, each alone and on a new
 * database, so that whatever else the machine does meanwhile meets all of them alike. A round of
 * practice comes first, in which the JVM compiles what they do.
 */
final class Contest {
  private final PostgresServer server;
  private final int repeats;
  private final Map<String, Trial> contestants = new LinkedHashMap<>();

  Contest(PostgresServer server, int repeats) {
    this.server = server;
    this.repeats = repeats;
  }

  /** What a contestant does on an empty database: warms up, then measures. */
  interface Trial {
    Map<String, Double> on(Database database) throws Exception;
  }

  /** One figure of several repeats. */
  record Figure(String name, double median, double least, double most) {
    static Figure of(String name, List<Double> values) {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Figure(name, median, sorted[0], sorted[sorted.length - 1]);
    }
  }

  Contest add(String name, Trial trial) {
    contestants.put(name, trial);
    return this;
  }

  /** Runs it, prints each figure and returns their medians. */
  Medians run(String unit) throws Exception {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    List<String> loads = new ArrayList<>();
    for (int repeat = 0; repeat <= repeats; repeat++) { // the first is practice
      for (Map.Entry<String, Trial> contestant : contestants.entrySet()) {
        System.err.printf("%d/%d %s%n", repeat, repeats, contestant.getKey());
        try (Database database = Database.create(server)) {
          Map<String, Double> measured = contestant.getValue().on(database);
          for (Map.Entry<String, Double> figure : measured.entrySet()) {
            String name = (contestant.getKey() + " " + figure.getKey()).strip();
            System.err.printf("     %-50s %12.1f%n", name, figure.getValue());
            if (repeat > 0) {
              values.computeIfAbsent(name, any -> new ArrayList<>()).add(figure.getValue());
            }
          }
        }
      }
      loads.add(load());
    }
    return print(unit, values, loads);
  }

  /** Prints the median and the spread of each and returns the medians. */
  static Medians print(String unit, Map<String, List<Double>> values, List<String> loads) {
    System.out.printf("%n%-50s %12s %12s %12s%n", unit, "median", "least", "most");
    Map<String, Double> medians = new LinkedHashMap<>();
    values.forEach(
        (name, all) -> {
          Figure figure = Figure.of(name, all);
          System.out.printf(
              "%-50s %12.1f %12.1f %12.1f%n", name, figure.median, figure.least, figure.most);
          medians.put(name, figure.median);
        });
    System.out.println("load average after each repeat: " + String.join(", ", loads));
    return new Medians(medians);
  }

  /** Returns the load average of the latest minute, which says what else the machine does. */
  static String load() throws IOException {
    Path file = Path.of("/proc/loadavg");
    return Files.exists(file)
        ? Arrays.asList(Files.readString(file).split(" ", -1)).get(0)
        : "unknown";
  }
}
