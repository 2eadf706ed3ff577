package dev.provisioner.samples.quickstart;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what is there with what is recorded, thing by thing: nothing twice, nothing missing,
 * nothing that nobody knows of.
 *
 * @param lines what was counted, for people
 * @param exact whether everything is there exactly once
 */
record Census(List<String> lines, boolean exact) {

  static Census compare(Map<Thing, List<String>> there, Map<Thing, List<String>> recorded) {
    List<String> lines = new ArrayList<>();
    boolean exact = true;
    for (Map.Entry<Thing, List<String>> entry : there.entrySet()) {
      List<String> wanted = recorded.getOrDefault(entry.getKey(), List.of());
      List<String> missing = minus(wanted, entry.getValue());
      List<String> extra = minus(entry.getValue(), wanted);
      boolean same = missing.isEmpty() && extra.isEmpty();
      exact &= same;
      lines.add(
          String.format(
              "%4d %-26s %d recorded%s",
              entry.getValue().size(),
              entry.getKey().plural(),
              wanted.size(),
              same ? ": each is there once" : difference(missing, extra)));
    }
    return new Census(List.copyOf(lines), exact);
  }

  private static String difference(List<String> missing, List<String> extra) {
    return (missing.isEmpty() ? "" : "; MISSING " + missing)
        + (extra.isEmpty() ? "" : "; TOO MANY " + extra);
  }

  /** Returns what one list has that the other has not, or more often. */
  private static List<String> minus(List<String> all, List<String> others) {
    Set<String> left = new HashSet<>(others);
    return all.stream().filter(name -> !left.remove(name)).toList();
  }
}
