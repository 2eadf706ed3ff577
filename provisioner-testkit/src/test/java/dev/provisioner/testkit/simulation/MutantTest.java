package dev.provisioner.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The simulation can fail: each of these known faults is found, and made small. */
final class MutantTest {
  private static final int WORLDS = 2_000;

  private final Logger log = (Logger) LoggerFactory.getLogger("dev.provisioner");

  /**
   * A known fault.
   *
   * @param rules which rules may tell of it
   */
  private record Mutant(
      String name, UnaryOperator<StateStore> store, Mutation provisioner, Set<Rule> rules) {
    Simulation simulation() {
      return new Simulation(
          () -> store.apply(MemoryStateStore.create()), provisioner, Simulation.PATIENCE);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mutant> mutants() {
    return Stream.of(
        ofStore("no fencing", WrongStore.Unfenced::new, Rule.STORE_EXCLUDES),
        ofStore("a lost write", WrongStore.Forgetful::new, Rule.STORE_KEEPS, Rule.STORE_EXCLUDES),
        ofStore("leases ignored", WrongStore.Undertaker::new, Rule.LEASE_WAITED),
        ofProvisioner("no look", WrongProvisioner.Blind::new, Rule.EXISTS_ONCE, Rule.RECORDED),
        ofProvisioner(
            "markers ignored", WrongProvisioner.Trusting::new, Rule.OURS_ONLY, Rule.AGREES),
        ofProvisioner("called twice", WrongProvisioner.Hasty::new, Rule.EXISTS_ONCE),
        ofProvisioner("an idle update", WrongProvisioner.Idle::new, Rule.AGREES),
        ofProvisioner("an idle removal", WrongProvisioner.Keeping::new, Rule.RECORDED));
  }

  private static Mutant ofStore(String name, UnaryOperator<StateStore> store, Rule... rules) {
    return new Mutant(name, store, Mutation.NONE, Set.of(rules));
  }

  private static Mutant ofProvisioner(String name, Mutation mutation, Rule... rules) {
    return new Mutant(name, UnaryOperator.identity(), mutation, Set.of(rules));
  }

  @BeforeEach
  void silenceWhatEnginesRightlyComplainOf() {
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void letThemBeHeardAgain() {
    log.setLevel(null);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isFound(Mutant mutant) {
    SimulationFailure found = found(mutant.simulation());
    System.out.printf("%s: found in world %d: %s%n", mutant, found.seed(), found.found());
    assertThat(mutant.rules()).extracting(Rule::toString).contains(found.rule());
  }

  @Test
  void isMadeSmallAndReplayed() {
    Simulation simulation = mutants().findFirst().orElseThrow().simulation();
    SimulationFailure found = found(simulation);
    SimulationFailure small = simulation.shrink(found);
    assertThat(small.rule()).isEqualTo(found.rule());
    assertThat(length(small)).isLessThan(length(found));
    assertThat(simulation.replay(small.choices()))
        .hasValueSatisfying(
            again -> {
              assertThat(again.found()).isEqualTo(small.found());
              assertThat(again.history()).isEqualTo(small.history()).isNotEmpty();
            });
  }

  private static SimulationFailure found(Simulation simulation) {
    for (long seed = 1; seed <= WORLDS; seed++) {
      Optional<SimulationFailure> failure = simulation.run(seed);
      if (failure.isPresent()) {
        return failure.get();
      }
    }
    throw new AssertionError("Nothing was found in " + WORLDS + " worlds.");
  }

  private static int length(SimulationFailure failure) {
    return failure.choices().split("\\.").length;
  }
}
