package dev.provisioner.testkit.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Kills engines on a store at every instant of every operation on a plan of ten steps, lets others
 * go on, and compares what stands, what was ever done, what is recorded and what is told with a run
 * that was not disturbed. A store's test implements this and says how to open an empty store:
 *
 * <pre>{@code
 * final class FileCrashMatrixTest implements CrashMatrixContract {
 *   @TempDir Path directory;
 *   private int stores;
 *
 *   public StateStore openEmpty() {
 *     return FileStateStore.open(directory.resolve("store-" + ++stores));
 *   }
 * }
 * }</pre>
 *
 * <p>By default an evenly spaced sample is tried. {@code -Dprovisioner.matrix=points} tries every
 * instant, {@code -Dprovisioner.matrix=all} also every pair of instants at which one engine dies
 * and then the one that goes on, which takes hours on a slow store. What was tried is counted and
 * printed.
 */
public interface CrashMatrixContract {
  /** Opens a store that holds nothing; it is closed afterwards. Called for every single trial. */
  StateStore openEmpty() throws Exception;

  /** Returns of how many instants one is tried by default, of pauses a third; 1 or more. */
  default int every() {
    return 40;
  }

  /** Returns how many pairs of instants are tried by default, of each operation; 1 or more. */
  default int pairs() {
    return 2;
  }

  /** Tries each operation, and prints what was tried. */
  @TestFactory
  default Stream<DynamicTest> everyDeathOfAnEngineIsSurvived() {
    String wanted = System.getProperty("provisioner.matrix", "");
    int every = wanted.isEmpty() ? every() : 1;
    int pauses = wanted.isEmpty() ? every() * 3 : 1;
    long pairs = wanted.equals("all") ? Long.MAX_VALUE : pairs();
    CrashMatrix matrix = new CrashMatrix(this::openEmpty, Parts.RIGHT);
    List<Tally> tallies = new ArrayList<>();
    Stream<DynamicTest> operations =
        Arrays.stream(Operation.values())
            .map(
                operation ->
                    DynamicTest.dynamicTest(
                        operation.name(),
                        () -> tallies.add(matrix.tryAll(operation, every, pauses, pairs))));
    DynamicTest counts =
        DynamicTest.dynamicTest("all were tried", () -> assertAllTried(tallies, every));
    return Stream.concat(operations, Stream.of(counts));
  }

  private void assertAllTried(List<Tally> tallies, int every) {
    System.out.println(Tally.table(getClass().getSimpleName(), tallies));
    assertThat(tallies).hasSameSizeAs(Operation.values());
    for (Tally tally : tallies) {
      assertThat(tally.points())
          .as(tally.operation().name())
          .isGreaterThanOrEqualTo(tally.operation().atLeast());
      for (Death death : List.of(Death.SILENT, Death.KNOWN)) {
        assertThat(tally.tried(death))
            .as(tally.operation() + " " + death)
            .isGreaterThanOrEqualTo(tally.points() / every);
      }
      assertThat(tally.twice()).as(tally.operation() + " twice").isPositive();
    }
  }
}
