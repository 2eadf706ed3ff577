package dev.provisioner.testkit;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import java.io.IOException;

/** How a call to a {@link FakeCloud} can fail. */
public enum CloudFailure {
  /** A {@link TransientException}: throttled. True only if the call had no effect. */
  TRANSIENT,
  /** A {@link PermanentException}: refused for good. */
  PERMANENT,
  /** An {@link IOException}: the connection broke, and nobody knows what came of the call. */
  AMBIGUOUS,
  /** A {@link SimulatedCrash}: our own process died. */
  CRASH;

  void raise(CloudCall call) throws IOException {
    switch (this) {
      case TRANSIENT -> throw new TransientException("The cloud throttles us, by script: " + call);
      case PERMANENT -> throw new PermanentException("The cloud refuses, by script: " + call);
      case AMBIGUOUS -> throw new IOException("The connection broke, by script: " + call);
      case CRASH -> throw new SimulatedCrash("The process died, by script: " + call);
    }
  }
}
