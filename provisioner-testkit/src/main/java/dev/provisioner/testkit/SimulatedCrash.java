package dev.provisioner.testkit;

/**
 * The process "died" here. An error and not an exception, so that no code under test takes it for a
 * failure it could deal with: a dead process deals with nothing.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1;

  SimulatedCrash(String when) {
    super("Simulated crash " + when + ".");
  }
}
