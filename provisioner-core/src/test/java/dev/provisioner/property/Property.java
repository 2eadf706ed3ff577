package dev.provisioner.property;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What holds for every value. It is tried on the edge cases, which are the seeds -1, -2 and so on,
 * then on values made from the seeds 1, 2 and so on: every build tries the same. {@code
 * -Dprovisioner.seed=N} tries the value of that seed alone.
 */
public final class Property<T> {
  private static final int TRIES = 1_000;
  private static final int MOST_SHRINKS = 1_000;
  private static final int LONGEST_SHOWN = 2_000;

  private final List<T> edges;
  private final Function<RandomGenerator, T> values;
  private final Function<T, Stream<T>> smaller;
  private final int tries;

  private Property(
      List<T> edges,
      Function<RandomGenerator, T> values,
      Function<T, Stream<T>> smaller,
      int tries) {
    this.edges = edges;
    this.values = values;
    this.smaller = smaller;
    this.tries = tries;
  }

  /** Returns a property of these edge cases and of 1,000 values made at random. */
  public static <T> Property<T> of(List<T> edges, Function<RandomGenerator, T> values) {
    return new Property<>(List.copyOf(edges), values, value -> Stream.empty(), TRIES);
  }

  /** Shows a smaller value in place of the first one that fails, if it fails too. */
  public Property<T> shrunkBy(Function<T, Stream<T>> smallerValues) {
    return new Property<>(edges, values, smallerValues, tries);
  }

  /** Tries as many values made at random. */
  public Property<T> tries(int number) {
    return new Property<>(edges, values, smaller, number);
  }

  /** Fails with the seed and the value for which the check throws. */
  public void holds(Consumer<T> check) {
    String seed = System.getProperty("provisioner.seed");
    if (seed != null) {
      holds(check, Long.parseLong(seed));
      return;
    }
    for (int edge = 1; edge <= edges.size(); edge++) {
      holds(check, -edge);
    }
    for (int made = 1; made <= tries; made++) {
      holds(check, made);
    }
  }

  private void holds(Consumer<T> check, long seed) {
    if (-seed > edges.size()) {
      return; // the seed is meant for a property with more edge cases
    }
    T value = seed < 0 ? edges.get((int) -seed - 1) : values.apply(new SplittableRandom(seed));
    Throwable failure = failure(check, value);
    if (failure != null) {
      throw new AssertionError(shown(seed, smallest(check, value)), failure);
    }
  }

  private T smallest(Consumer<T> check, T failing) {
    T smallest = failing;
    for (int step = 0; step < MOST_SHRINKS; step++) {
      Optional<T> next =
          smaller.apply(smallest).filter(value -> failure(check, value) != null).findFirst();
      if (next.isEmpty()) {
        break;
      }
      smallest = next.get();
    }
    return smallest;
  }

  private static <T> @Nullable Throwable failure(Consumer<T> check, T value) {
    try {
      check.accept(value);
      return null;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      return e;
    }
  }

  private static String shown(long seed, Object value) {
    StringBuilder text = new StringBuilder();
    String.valueOf(value)
        .chars()
        .limit(LONGEST_SHOWN)
        .forEach(
            c ->
                text.append(
                    c >= ' ' && c <= '~' ? String.valueOf((char) c) : String.format("\\u%04x", c)));
    return "Fails for '" + text + "'; -Dprovisioner.seed=" + seed + " tries it alone.";
  }
}
