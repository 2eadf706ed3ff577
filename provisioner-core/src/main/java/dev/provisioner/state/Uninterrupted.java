package dev.provisioner.state;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs file operations to their end on a thread that is interrupted.
 *
 * <p>An interrupt closes the channel a thread is using. An engine that is shut down by interrupts
 * has to record where it stands, so an operation here is begun with the interrupt put aside, is
 * begun again if one arrives meanwhile, and the thread's flag is set again afterwards. Operations
 * must therefore bear being begun twice, and none of them waits for long.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  static <T> T call(Operation<T> operation) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return operation.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** An operation with a result. */
  interface Operation<T> {
    T run() throws IOException;
  }
}
