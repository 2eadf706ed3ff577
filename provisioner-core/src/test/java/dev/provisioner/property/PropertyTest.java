package dev.provisioner.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The edge cases come first, every build tries the same, and a seed finds its value again. */
final class PropertyTest {
  private static final String SEED = "provisioner.seed";

  private final @Nullable String given = System.getProperty(SEED);
  private final Property<Integer> numbers =
      Property.of(List.of(7, -1), random -> random.nextInt(1_000_000));

  @BeforeEach
  void withoutTheGivenSeed() {
    System.clearProperty(SEED);
  }

  @AfterEach
  void withTheGivenSeed() {
    if (given == null) {
      System.clearProperty(SEED);
    } else {
      System.setProperty(SEED, given);
    }
  }

  private static List<Integer> tried(Property<Integer> property) {
    List<Integer> tried = new ArrayList<>();
    property.holds(tried::add);
    return tried;
  }

  @Test
  void edgeCasesAreTriedFirstThenTheSameValuesEachTime() {
    List<Integer> tried = tried(numbers);
    assertThat(tried).hasSize(1_002).startsWith(7, -1).isEqualTo(tried(numbers));
    assertThat(tried.stream().distinct()).hasSizeGreaterThan(990);
    assertThat(tried(numbers.tries(5))).isEqualTo(tried.subList(0, 7));
  }

  @Test
  void aFailureTellsTheSeedThatFindsItsValueAgain() {
    List<Integer> tried = tried(numbers);
    for (int seed : new int[] {-2, 3}) {
      int wrong = seed < 0 ? -1 : tried.get(2 + seed - 1);
      assertThat(failure(numbers, wrong))
          .hasMessage("Fails for '" + wrong + "'; -Dprovisioner.seed=" + seed + " tries it alone.")
          .hasRootCauseMessage("wrong");
      System.setProperty(SEED, Integer.toString(seed));
      assertThat(tried(numbers)).containsExactly(wrong);
      System.clearProperty(SEED);
    }
    System.setProperty(SEED, "-3");
    assertThat(tried(numbers)).isEmpty();
  }

  @Test
  void theSmallestValueThatFailsIsShownWithoutControlCharacters() {
    Property<String> texts =
        Property.of(List.of("ok", "12\n45678", "12\n456"), random -> "")
            .shrunkBy(text -> Stream.of(text.substring(1), text.substring(0, text.length() - 1)));
    AssertionError failure =
        catchThrowableOfType(
            AssertionError.class,
            () -> texts.holds(text -> assertThat(text).doesNotContain("\n4")));
    assertThat(failure).hasMessage("Fails for '\\u000a4'; -Dprovisioner.seed=-2 tries it alone.");
  }

  private static AssertionError failure(Property<Integer> property, int wrong) {
    return catchThrowableOfType(
        AssertionError.class,
        () ->
            property.holds(
                number -> {
                  if (number == wrong) {
                    throw new IllegalStateException("wrong");
                  }
                }));
  }
}
