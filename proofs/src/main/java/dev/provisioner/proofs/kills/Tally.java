package dev.provisioner.proofs.kills;

import dev.provisioner.proofs.kills.Round.Struck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** What came of all rounds. */
final class Tally {
  private final List<Round> rounds = new ArrayList<>();

  void add(Round round) {
    rounds.add(round);
  }

  /** Returns the rounds that had a fault. */
  List<Round> faulty() {
    return rounds.stream().filter(round -> !round.faults().isEmpty()).toList();
  }

  /** Returns how many blows struck something. */
  long landed() {
    return blows().filter(Struck::landed).count();
  }

  private Stream<Struck> blows() {
    return rounds.stream().flatMap(round -> round.blows().stream());
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    table(lines, "what ran when it was struck", Struck::phase);
    table(lines, "what was struck", struck -> struck.blow().toString());
    List<Round> struck = rounds.stream().filter(round -> !round.blows().isEmpty()).toList();
    long doubts = struck.stream().filter(round -> !round.doubts().isEmpty()).count();
    lines.add(
        "%n%d rounds, %d blows: %d rounds with a fault, %d with a doubt that was told and settled"
            .formatted(struck.size(), blows().count(), faulty().size(), doubts));
    return lines;
  }

  /** A line for each group of blows; the time is that of the rounds that they were the last of. */
  private void table(List<String> lines, String title, Function<Struck, String> group) {
    Map<String, List<Duration>> recoveries = new TreeMap<>();
    Map<String, Integer> blows = new TreeMap<>();
    for (Round round : rounds) {
      for (int i = 0; i < round.blows().size(); i++) {
        Struck struck = round.blows().get(i);
        String key = struck.landed() ? group.apply(struck) : "(came too late)";
        blows.merge(key, 1, Integer::sum);
        if (i == round.blows().size() - 1) {
          recoveries.computeIfAbsent(key, none -> new ArrayList<>()).add(round.recovery());
        }
      }
    }
    lines.add("%n%-34s %5s %16s %8s".formatted(title, "blows", "done after: p50", "max"));
    blows.forEach(
        (key, count) -> {
          List<Duration> times = recoveries.getOrDefault(key, List.of()).stream().sorted().toList();
          lines.add("%-34s %5d %16s %8s".formatted(key, count, at(times, 2), at(times, 1)));
        });
  }

  /** Returns the time at one {@code n}th of the sorted ones, or at their end. */
  private static String at(List<Duration> sorted, int n) {
    return sorted.isEmpty() ? "" : Round.seconds(sorted.get((sorted.size() - 1) / n));
  }
}
