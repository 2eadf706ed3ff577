package dev.provisioner.gate;

import dev.provisioner.spi.Attempt;

/**
 * Asks the world once whether a gate may open. Thread-safe; changes nothing; returns within the
 * attempt's deadline and never sleeps.
 */
@FunctionalInterface
public interface Check<S, O> {

  /**
   * Asks. What it throws counts as with a provisioner: see {@link dev.provisioner.spi.Provisioner}.
   */
  Answer<O> ask(S spec, Attempt attempt) throws Exception;
}
