package dev.provisioner.proofs.kills;

import java.util.List;
import java.util.Locale;

/** What is asked of the quickstart, in the order of a tenant's life. */
enum Operation {
  PROVISION,
  CHANGE,
  REMOVE;

  /** Returns how it is asked for. */
  List<String> arguments() {
    return this == CHANGE ? List.of("--change") : again();
  }

  /** Returns how it is asked for once more, after it broke off. */
  List<String> again() {
    return this == REMOVE ? List.of("--remove", "1") : List.of();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
