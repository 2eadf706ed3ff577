package dev.provisioner.testkit.simulation;

import java.util.Arrays;

/** Looks for a shorter list of smaller choices that breaks the same rule. */
final class Shrinking {
  private static final int MOST_TRIES = 1_500;

  private final Simulation simulation;
  private final long seed;
  private final String rule;
  private int[] best;
  private int tries;

  Shrinking(Simulation simulation, SimulationFailure failure) {
    this.simulation = simulation;
    this.seed = failure.seed();
    this.best = Choices.parse(failure.choices()).all();
    this.rule = failure.rule();
  }

  SimulationFailure shortest() {
    if (!rule.equals(Rule.MOVES.toString())) { // each try would last as long
      shorten();
    }
    return simulation
        .result(Choices.of(best), true)
        .failure(seed)
        .orElseThrow(() -> new IllegalStateException("Seed " + seed + " is not the same twice."));
  }

  private void shorten() {
    int before;
    do {
      before = weight(best);
      for (int size = Math.max(1, best.length / 2); size > 0; size /= 2) {
        delete(size);
      }
      for (int size = 8; size > 0; size /= 2) {
        zero(size);
      }
      lower();
    } while (weight(best) < before && tries < MOST_TRIES);
  }

  private static int weight(int[] values) {
    return values.length + Arrays.stream(values).sum();
  }

  private void delete(int size) {
    for (int from = best.length - size; from >= 0; from -= size) {
      if (from + size > best.length) {
        continue;
      }
      int[] shorter = new int[best.length - size];
      System.arraycopy(best, 0, shorter, 0, from);
      System.arraycopy(best, from + size, shorter, from, best.length - from - size);
      attempt(shorter);
    }
  }

  private void zero(int size) {
    for (int from = 0; from + size <= best.length; from += size) {
      int[] zeroed = best.clone();
      Arrays.fill(zeroed, from, from + size, 0);
      if (!Arrays.equals(zeroed, best)) {
        attempt(zeroed);
      }
    }
  }

  private void lower() {
    for (int i = 0; i < best.length; i++) {
      for (int value = best[i] / 2; i < best.length && best[i] > 0; value = best[i] - 1) {
        int[] lowered = best.clone();
        lowered[i] = value;
        if (!attempt(lowered)) {
          break;
        }
      }
    }
  }

  private boolean attempt(int[] values) {
    if (++tries > MOST_TRIES) {
      return false;
    }
    Result result = simulation.result(Choices.of(values), false);
    if (result.violation() == null || !result.violation().rule().toString().equals(rule)) {
      return false;
    }
    best = result.choices();
    return true;
  }
}
