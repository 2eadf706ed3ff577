package dev.provisioner.testkit.simulation;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All the chance there is in a world, as a list of small numbers: drawn from a seed, or given
 * again. When the list is at its end every choice is 0, which always means the most ordinary thing;
 * so a shorter list, or one of smaller numbers, is a simpler world. Thread-safe, as a world that
 * does not end is read while it runs.
 */
final class Choices {
  private static final int LEAST = 30;
  private static final int MORE = 500;

  private final @Nullable SplittableRandom random;
  private final int length;
  private int[] values;
  private int used;

  private Choices(@Nullable SplittableRandom random, int length, int[] values) {
    this.random = random;
    this.length = length;
    this.values = values;
  }

  static Choices of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int length = LEAST + random.nextInt(1 + random.nextInt(MORE));
    return new Choices(random, length, new int[length]);
  }

  static Choices of(int[] given) {
    return new Choices(null, given.length, given.clone());
  }

  /** Reads what {@link #text} gave. */
  static Choices parse(String text) {
    return of(
        text.isBlank()
            ? new int[0]
            : Arrays.stream(text.strip().split("\\.")).mapToInt(Integer::parseInt).toArray());
  }

  /** Chooses a number from 0 to below the bound. */
  synchronized int pick(int bound) {
    if (over()) {
      return 0;
    }
    int value = random == null ? Math.floorMod(values[used], bound) : random.nextInt(bound);
    values[used++] = value;
    return value;
  }

  /** Chooses yes once in so many times. */
  boolean oneIn(int times) {
    return pick(times) == times - 1;
  }

  /** Chooses a place in a list of weights, the first one if nothing is left to choose. */
  int weighted(int... weights) {
    int sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int left = pick(sum);
    int place = 0;
    while (left >= weights[place]) {
      left -= weights[place++];
    }
    return place;
  }

  /** Whether nothing is left to choose. */
  synchronized boolean over() {
    return used >= length;
  }

  /** Returns what was chosen so far. */
  synchronized int[] taken() {
    return Arrays.copyOf(values, used);
  }

  /** Returns what was given. */
  int[] all() {
    return values.clone();
  }

  static String text(int[] values) {
    return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining("."));
  }
}
