package dev.provisioner.proofs.fuzz;

import java.io.IOException;

/** What the fuzzer calls, in a process of its own. */
public final class Fuzzed {
  @SuppressWarnings("NullAway.Init") // the fuzzer initialises it first
  private static Target target;

  private Fuzzed() {}

  /** Opens the target that the first argument names. */
  public static void fuzzerInitialize(String[] arguments) throws IOException {
    target = Targets.open(arguments[0]);
  }

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    target.read(input);
  }

  /** Closes the target. */
  public static void fuzzerTearDown() throws IOException {
    target.close();
  }
}
