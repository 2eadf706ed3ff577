package dev.provisioner.testkit.simulation;

import java.util.List;

/**
 * A world in which a rule was broken.
 *
 * @param seed what the world was made from
 * @param rule what should hold
 * @param found what was found instead
 * @param choices all that was left to chance in it, for {@link Simulation#replay}
 * @param history what happened in it, a line each; empty if it was not kept
 */
public record SimulationFailure(
    long seed, String rule, String found, String choices, List<String> history) {

  /** Copies the history. */
  public SimulationFailure {
    history = List.copyOf(history);
  }

  /** Tells all of it, for people. */
  @Override
  public String toString() {
    return "Seed "
        + seed
        + " breaks the rule that "
        + rule
        + ":\n"
        + found
        + "\n"
        + String.join("\n", history)
        + "\nReplay it with the choices "
        + choices
        + "\n";
  }
}
