package dev.provisioner.testkit.simulation;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of one world. */
final class Result {
  private final int[] choices;
  private final @Nullable Violation violation;
  private final List<String> history;

  Result(int[] choices, @Nullable Violation violation, List<String> history) {
    this.choices = choices;
    this.violation = violation;
    this.history = history;
  }

  int[] choices() {
    return choices.clone();
  }

  @Nullable Violation violation() {
    return violation;
  }

  List<String> history() {
    return history;
  }

  Optional<SimulationFailure> failure(long seed) {
    return violation == null
        ? Optional.empty()
        : Optional.of(
            new SimulationFailure(
                seed,
                violation.rule().toString(),
                String.valueOf(violation.getMessage()),
                Choices.text(choices),
                history));
  }
}
