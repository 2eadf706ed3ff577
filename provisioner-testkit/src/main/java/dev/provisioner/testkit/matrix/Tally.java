package dev.provisioner.testkit.matrix;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many deaths of engines in an operation were tried. */
final class Tally {
  private static final String ROW = "%-18s %6s %7s %7s %7s %7s %15s%n";

  private final Operation operation;
  private final int points;
  private final Map<Death, Integer> single = new EnumMap<>(Death.class);
  private int twice;
  private long pairs;

  Tally(Operation operation, int points) {
    this.operation = operation;
    this.points = points;
  }

  void add(Death death, int times, boolean died) {
    if (died && times == 1) {
      single.merge(death, 1, Integer::sum);
    } else if (died) {
      twice++;
    }
  }

  void pairs(long all) {
    pairs = all;
  }

  Operation operation() {
    return operation;
  }

  int points() {
    return points;
  }

  int tried(Death death) {
    return single.getOrDefault(death, 0);
  }

  int twice() {
    return twice;
  }

  /** Returns a table of all counts. */
  static String table(String store, List<Tally> all) {
    StringBuilder text = new StringBuilder();
    text.append("Crash matrix on ").append(store).append(": engines that died\n");
    text.append(
        String.format(
            Locale.ROOT,
            ROW,
            "operation",
            "points",
            "silent",
            "known",
            "torn",
            "paused",
            "twice/of"));
    all.forEach(each -> text.append(each.row()));
    int tried = all.stream().mapToInt(each -> each.tried() + each.twice).sum();
    return text.append(tried).append(" trials; each was survived.\n").toString();
  }

  private int tried() {
    return single.values().stream().mapToInt(Integer::intValue).sum();
  }

  private String row() {
    return String.format(
        Locale.ROOT,
        ROW,
        operation,
        points,
        tried(Death.SILENT),
        tried(Death.KNOWN),
        tried(Death.TORN),
        tried(Death.PAUSED),
        twice + "/" + pairs);
  }
}
