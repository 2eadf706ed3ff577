package dev.provisioner.proofs.soak;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What was in use when no run was under way.
 *
 * @param heap bytes, without what a memory store holds
 * @param stored bytes of heap that a memory store holds
 * @param tombstones how many documents are of purged tenants
 * @param files in the store beyond one for each document
 */
record Sample(
    long runs,
    double perSecond,
    long heap,
    long stored,
    long threads,
    long openFiles,
    long documents,
    long tombstones,
    long files) {
  static final String HEAD =
      "     runs   runs/s   heap KiB  store KiB  threads  open files  documents  tombstones  other files";

  String line() {
    return "%,9d %8.0f %,10d %,10d %8d %11d %10d %11d %12d"
        .formatted(
            runs,
            perSecond,
            heap / 1024,
            stored / 1024,
            threads,
            openFiles,
            documents,
            tombstones,
            files);
  }

  /** Returns the median of a value over the last third of the samples, less that of the middle. */
  static long growth(List<Sample> samples, ToLongFunction<Sample> value) {
    int third = samples.size() / 3;
    return median(samples.subList(samples.size() - third, samples.size()), value)
        - median(samples.subList(samples.size() - 2 * third, samples.size() - third), value);
  }

  static long median(List<Sample> samples, ToLongFunction<Sample> value) {
    return samples.stream()
        .mapToLong(value)
        .sorted()
        .skip(samples.size() / 2)
        .findFirst()
        .orElse(0);
  }
}
