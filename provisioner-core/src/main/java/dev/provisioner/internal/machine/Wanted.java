package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.tenant.NameRule;

/** What a step is to be. */
public sealed interface Wanted {

  /**
   * It is to be made from this spec.
   *
   * @param bytes how many its JSON takes, nearly
   */
  record Spec(String provisioner, NameRule names, JsonNode json, String fingerprint, long bytes)
      implements Wanted {}

  /** The tenant does not want it. */
  record Skip(String reason) implements Wanted {}

  /** Its spec cannot be computed. */
  record Broken(String error) implements Wanted {}
}
