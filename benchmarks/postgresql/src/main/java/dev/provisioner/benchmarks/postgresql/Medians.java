package dev.provisioner.benchmarks.postgresql;

import java.util.Map;

/** The medians of a contest: those of the contestants' figures, by the names of both. */
record Medians(Map<String, Double> byName) {
  double of(String name) {
    Double median = byName.get(name);
    if (median == null) {
      throw new IllegalArgumentException("Nothing was measured of '" + name + "'.");
    }
    return median;
  }

  /** Returns the highest of those whose names begin and end like this. */
  double best(String begin, String end) {
    return byName.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(begin) && entry.getKey().endsWith(end))
        .mapToDouble(Map.Entry::getValue)
        .max()
        .orElseThrow();
  }
}
