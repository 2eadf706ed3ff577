package dev.provisioner.samples.quickstart;

import java.io.Serial;

/** Somebody has to type or write something else: exit code 2. The message says what. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
