package dev.provisioner.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs something once for every combination of the choices it makes; if there are too many of them,
 * for the first ones and then for combinations drawn by chance.
 */
final class Choices {
  private final List<Integer> taken = new ArrayList<>();
  private final List<Integer> options = new ArrayList<>();
  private final Random random;
  private boolean drawn;
  private int newestOf10;
  private int next;

  private Choices(long seed) {
    random = new Random(seed);
  }

  /** Returns how many combinations were run. */
  static int forAll(int atMost, long seed, Consumer<Choices> body) {
    Choices choices = new Choices(seed);
    int run = 0;
    do {
      choices.next = 0;
      body.accept(choices);
      run++;
    } while (choices.advance() && run < atMost / 2);
    choices.drawn = !choices.taken.isEmpty();
    for (; choices.drawn && run < atMost; run++) {
      choices.newestOf10 = choices.random.nextInt(11);
      body.accept(choices);
    }
    return run;
  }

  /** Chooses one of so many things, of which the last is the newest. */
  int of(int many) {
    if (drawn) {
      return random.nextInt(10) < newestOf10 ? many - 1 : random.nextInt(many);
    }
    if (next == taken.size()) {
      taken.add(0);
      options.add(many);
    }
    return taken.get(next++);
  }

  /** Goes on to the next combination; forgets all choices after the last one. */
  private boolean advance() {
    while (!taken.isEmpty()) {
      int last = taken.size() - 1;
      int following = taken.get(last) + 1;
      if (following < options.get(last)) {
        taken.set(last, following);
        return true;
      }
      taken.remove(last);
      options.remove(last);
    }
    return false;
  }

  @Override
  public String toString() {
    return drawn ? "drawn" : taken.toString();
  }
}
