package dev.provisioner.testkit.simulation;

import dev.provisioner.state.StateStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Runs engines on a store through random schedules of work, requests, faults and time, and checks
 * what the library promises. A world is all that follows from one seed: a few engines with clocks
 * that disagree, tenants whose descriptions change, provisioners whose calls fail, hang or lose
 * their answers, processes that pause or die at any instant, a store that fails, and somebody who
 * takes names and changes things. When nothing goes wrong any more, everything must come to rest.
 *
 * <pre>{@code
 * Simulation simulation = Simulation.on(MemoryStateStore::create);
 * for (long seed = 1; seed <= 1_000; seed++) {
 *   simulation.run(seed).ifPresent(failure -> fail(simulation.shrink(failure).toString()));
 * }
 * }</pre>
 *
 * <p>A world has one thread and needs no real time, and is the same each time it is run if the
 * store is. One in which nothing happens for a minute breaks a rule too; its thread is then left
 * behind. Thread-safe; each world has a store of its own, which is closed after it.
 */
public final class Simulation {
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Supplier<? extends StateStore> stores;
  private final Mutation mutation;
  private final Duration patience;

  Simulation(Supplier<? extends StateStore> stores, Mutation mutation, Duration patience) {
    this.stores = stores;
    this.mutation = mutation;
    this.patience = patience;
  }

  /** Returns a simulation on stores of this kind; each must be empty. */
  public static Simulation on(Supplier<? extends StateStore> stores) {
    return new Simulation(stores, Mutation.NONE, PATIENCE);
  }

  /**
   * Runs the world of a seed.
   *
   * @return what was broken, without a history, or empty if all is well; {@link #shrink} makes it
   *     small and gives it one
   */
  public Optional<SimulationFailure> run(long seed) {
    return result(Choices.of(seed), false).failure(seed);
  }

  /**
   * Looks for the smallest world in which the same rule is broken, which takes some thousand
   * worlds. One that does not end is left as it is.
   *
   * @param failure as {@link #run} or {@link #replay} gave it
   * @return the smaller world's failure, with its history
   */
  public SimulationFailure shrink(SimulationFailure failure) {
    return new Shrinking(this, failure).shortest();
  }

  /** Runs the world of a seed as it is and returns its history, a line for each thing. */
  public List<String> history(long seed) {
    return result(Choices.of(seed), true).history();
  }

  /**
   * Runs the world of a list of choices.
   *
   * @param choices as {@link SimulationFailure#choices()} gave them
   * @return what was broken, not made smaller, or empty if all is well
   */
  public Optional<SimulationFailure> replay(String choices) {
    return result(Choices.parse(choices), true).failure(0);
  }

  Result result(Choices choices, boolean keepsHistory) {
    History history = new History(keepsHistory);
    Optional<Violation> violation;
    try {
      violation = WorldThread.run(() -> runWorld(choices, history), history, patience);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "The simulation itself failed, with the choices " + Choices.text(choices.taken()),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The simulation was interrupted.");
    }
    return new Result(choices.taken(), violation.orElse(null), history.lines());
  }

  private void runWorld(Choices choices, History history) {
    try (StateStore store = stores.get()) {
      new World(choices, store, mutation, history).run();
    }
  }
}
