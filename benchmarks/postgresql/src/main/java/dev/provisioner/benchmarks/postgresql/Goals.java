package dev.provisioner.benchmarks.postgresql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the figures say about the goals. */
final class Goals {
  private final List<String> verdicts = new ArrayList<>();

  void atLeast(String what, double measured, double goal) {
    add(what, measured >= goal, measured, "at least " + goal);
  }

  void atMost(String what, double measured, double goal) {
    add(what, measured <= goal, measured, "at most " + goal);
  }

  private void add(String what, boolean met, double measured, String goal) {
    verdicts.add(
        String.format(
            Locale.ROOT, "  %-6s %-62s %8.2f  (%s)", met ? "met" : "MISSED", what, measured, goal));
  }

  void print() {
    System.out.println("\nGoals, by the medians");
    verdicts.forEach(System.out::println);
  }
}
