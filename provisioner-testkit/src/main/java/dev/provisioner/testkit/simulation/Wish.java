package dev.provisioner.testkit.simulation;

import dev.provisioner.plan.OnDeprovision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a tenant wants: the input of the one plan there is, which generates its steps from it.
 *
 * @param text the steps, each after those it depends on
 */
record Wish(String text) {

  /**
   * One step of a plan.
   *
   * @param value what can be changed in place
   * @param zone what cannot
   * @param formerly the id it had in the wish before, or -1
   * @param attempts how often a call is tried
   * @param seconds the step's timeout, or 0 for none
   */
  record Part(
      int id,
      Sort sort,
      int value,
      int zone,
      boolean wanted,
      int formerly,
      OnDeprovision leaving,
      boolean rollsBack,
      int attempts,
      int seconds,
      List<Integer> reads,
      List<Integer> after) {

    String name() {
      return "s" + id;
    }

    private String text() {
      return String.join(
          ",",
          Integer.toString(id),
          sort.name(),
          Integer.toString(value),
          Integer.toString(zone),
          wanted ? "y" : "n",
          Integer.toString(formerly),
          leaving.name(),
          rollsBack ? "y" : "n",
          Integer.toString(attempts),
          Integer.toString(seconds),
          joined(reads),
          joined(after));
    }

    private static Part parse(String text) {
      String[] f = text.split(",", -1);
      return new Part(
          Integer.parseInt(f[0]),
          Sort.valueOf(f[1]),
          Integer.parseInt(f[2]),
          Integer.parseInt(f[3]),
          f[4].equals("y"),
          Integer.parseInt(f[5]),
          OnDeprovision.valueOf(f[6]),
          f[7].equals("y"),
          Integer.parseInt(f[8]),
          Integer.parseInt(f[9]),
          numbers(f[10]),
          numbers(f[11]));
    }

    private static String joined(List<Integer> numbers) {
      return numbers.stream().map(Object::toString).collect(Collectors.joining("/"));
    }

    private static List<Integer> numbers(String text) {
      return text.isEmpty()
          ? List.of()
          : Arrays.stream(text.split("/")).map(Integer::valueOf).toList();
    }
  }

  static Wish of(List<Part> parts) {
    return new Wish(parts.stream().map(Part::text).collect(Collectors.joining(";")));
  }

  List<Part> parts() {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(";")).map(Part::parse).collect(Collectors.toList());
  }

  /** The parts that are to stand: wanted, and reading none that is not. */
  List<Part> standing() {
    Set<Integer> ids = new LinkedHashSet<>();
    List<Part> standing = new ArrayList<>();
    for (Part part : parts()) {
      if (part.wanted() && ids.containsAll(part.reads())) {
        ids.add(part.id());
        standing.add(part);
      }
    }
    return standing;
  }
}
