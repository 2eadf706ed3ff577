package dev.provisioner.testkit.simulation;

import java.util.List;

/**
 * A world in which a rule was broken, made as small as it can be.
 *
 * @param seed what the world was made from
 * @param rule what should hold
 * @param found what was found instead
 * @param choices the shortest list of choices found that breaks the same rule, for {@link
 *     Simulation#replay}
 * @param history what happens in that shorter world, a line each
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
