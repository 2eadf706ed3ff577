package dev.provisioner.proofs.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Something that reads bytes nobody vouches for. */
public interface Target extends AutoCloseable {
  /** Inputs to begin with: what is really written and read. */
  List<byte[]> seeds();

  /**
   * Reads an input. Whatever it is, it is accepted or refused as documented; anything else is
   * thrown, and is a finding.
   */
  void read(byte[] input) throws IOException;

  @Override
  default void close() throws IOException {}

  /** Returns a text as a seed. */
  static byte[] seed(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Throws if something that must hold does not. */
  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("It does not hold that " + what + ".");
    }
  }
}
