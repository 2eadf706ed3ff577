package dev.provisioner.testkit.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened in a world, a line each; kept only when somebody is to read it. Thread-safe, as a
 * world that does not end is read while it runs.
 */
final class History {
  private final boolean kept;
  private long told;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> names = new LinkedHashMap<>();
  private final StringBuilder indent = new StringBuilder();

  History(boolean kept) {
    this.kept = kept;
  }

  boolean kept() {
    return kept;
  }

  /** Adds a line of these parts, joined. */
  synchronized void add(long millis, Object... parts) {
    told++;
    if (!kept) {
      return;
    }
    StringBuilder line = new StringBuilder(String.format("%9.3f  %s", millis / 1000.0, indent));
    for (Object part : parts) {
      line.append(part);
    }
    lines.add(line.toString());
  }

  /** Returns how much was told so far, kept or not. */
  synchronized long told() {
    return told;
  }

  /** Gives something with a random id a short name that is the same in every replay. */
  synchronized void name(String prefix, String id) {
    if (kept && !id.isEmpty()) {
      names.computeIfAbsent(id, key -> prefix + (names.size() + 1));
    }
  }

  synchronized void deeper() {
    indent.append("| ");
  }

  synchronized void shallower() {
    indent.setLength(indent.length() - 2);
  }

  synchronized List<String> lines() {
    List<String> all = new ArrayList<>(lines.size());
    for (String line : lines) {
      all.add(shortened(line));
    }
    return all;
  }

  private String shortened(String line) {
    String text = line;
    for (Map.Entry<String, String> name : names.entrySet()) {
      text = text.replace(name.getKey(), name.getValue());
    }
    return text;
  }
}
