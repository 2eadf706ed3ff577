package dev.provisioner.testkit;

/**
 * Stands for the death of the process: an error, so that nothing which catches exceptions goes on
 * as if it were alive.
 */
public final class SimulatedCrash extends Error {

  /** Creates the crash; the message says where it happened. */
  public SimulatedCrash(String message) {
    super(message);
  }
}
