package dev.provisioner.testkit.matrix;

import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Tries the deaths of engines in an operation, on one kind of store. */
final class CrashMatrix {
  private record Pair(Death death, int first, int second) {}

  private final Callable<StateStore> stores;
  private final Parts parts;

  CrashMatrix(Callable<StateStore> stores, Parts parts) {
    this.stores = stores;
    this.parts = parts;
  }

  /**
   * Tries one operation.
   *
   * @param every of this many instants one is tried
   * @param pauses of this many pieces of work, one is followed by a pause
   * @param pairs how many pairs of instants are tried at most
   * @return how many were tried
   * @throws AssertionError at the first that is not survived
   */
  Tally tryAll(Operation operation, int every, int pauses, long pairs) throws Exception {
    Dry dry = Dry.run(operation);
    Tally tally = new Tally(operation, dry.points().size());
    List<Pair> lastOfPairs = new ArrayList<>();
    for (Death death : Death.values()) {
      int step = death == Death.PAUSED ? pauses : every;
      List<Pair> tried = trySingle(operation, dry, death, step, tally);
      if (death == Death.SILENT || death == Death.KNOWN) {
        lastOfPairs.addAll(tried);
      }
    }
    tryPairs(operation, dry, lastOfPairs, pairs, tally);
    return tally;
  }

  /** Tries one kind of death at every instant. */
  void tryEach(Operation operation, Death death) throws Exception {
    Dry dry = Dry.run(operation);
    trySingle(operation, dry, death, 1, new Tally(operation, dry.points().size()));
  }

  /** Returns each instant tried, with the last at which the engine that went on could die too. */
  private List<Pair> trySingle(Operation operation, Dry dry, Death death, int every, Tally tally)
      throws Exception {
    List<Pair> tried = new ArrayList<>();
    for (int at = 1; at <= dry.instants(death); at += every) {
      tried.add(new Pair(death, at, tryOne(operation, dry, death, tally, at)));
    }
    return tried;
  }

  private void tryPairs(
      Operation operation, Dry dry, List<Pair> lastOfPairs, long pairs, Tally tally)
      throws Exception {
    long all = lastOfPairs.stream().mapToLong(Pair::second).sum();
    tally.pairs(all);
    long stride = all / pairs + 1;
    long next = stride / 2;
    long begun = 0;
    for (Pair last : lastOfPairs) {
      for (; next < begun + last.second(); next += stride) {
        tryOne(operation, dry, last.death(), tally, last.first(), (int) (next - begun) + 1);
      }
      begun += last.second();
    }
  }

  /** Returns how many points the last engine passed. */
  private int tryOne(Operation operation, Dry dry, Death death, Tally tally, int... instants)
      throws Exception {
    try (StateStore store = stores.call()) {
      Trial trial = new Trial(operation, parts, store);
      boolean died = true;
      for (int at : instants) {
        died &= trial.disturb(death, at);
      }
      Node last = trial.last();
      int passed = last.points.passed();
      List<String> differences = trial.left(last).differences(dry.left(), operation, death);
      if (!differences.isEmpty()) {
        throw new AssertionError(String.join("\n", differences));
      }
      tally.add(death, instants.length, died);
      return passed;
    } catch (AssertionError | RuntimeException e) {
      String where = dry.instant(death, instants[0]);
      String again = instants.length == 1 ? "" : ", and then at point " + instants[1];
      throw new AssertionError(
          operation + ", " + death + " " + where + again + ":\n" + e.getMessage(), e);
    }
  }
}
