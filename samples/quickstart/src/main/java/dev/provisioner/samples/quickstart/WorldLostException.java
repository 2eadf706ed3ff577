package dev.provisioner.samples.quickstart;

import java.io.Serial;

/** What the state speaks of is gone with the process that held it: exit code 1. */
final class WorldLostException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  WorldLostException(String message) {
    super(message);
  }
}
