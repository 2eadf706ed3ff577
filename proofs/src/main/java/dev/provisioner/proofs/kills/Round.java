package dev.provisioner.proofs.kills;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of one round.
 *
 * @param recovery from the last blow to the end of the last run
 * @param doubts what the library said it could not know, and an operator settled
 * @param faults what should not be
 */
record Round(
    int number,
    Operation operation,
    List<Struck> blows,
    Duration recovery,
    List<String> doubts,
    List<String> faults) {

  /**
   * A blow.
   *
   * @param after how long the run had lasted
   * @param phase what was going on
   * @param landed whether there still was something to strike
   * @param trouble what went wrong meanwhile, or empty
   */
  record Struck(Blow blow, Duration after, String phase, boolean landed, String trouble) {
    @Override
    public String toString() {
      return landed
          ? "%s at %s in %s".formatted(blow, seconds(after), phase)
          : "%s came too late".formatted(blow);
    }
  }

  @Override
  public String toString() {
    return "%4d %-10s%s; done %s later%s%s"
        .formatted(
            number,
            operation,
            blows.stream().map(Struck::toString).collect(Collectors.joining(", then ")),
            seconds(recovery),
            lines("IN DOUBT", doubts),
            lines("FAULT", faults));
  }

  private static String lines(String label, List<String> texts) {
    return texts.stream()
        .map(text -> "\n     " + label + "  " + text)
        .collect(Collectors.joining());
  }

  static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }
}
