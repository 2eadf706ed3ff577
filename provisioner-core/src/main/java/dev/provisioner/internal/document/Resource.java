package dev.provisioner.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing a step has made or is about to make, with all that its removal needs.
 *
 * @param provisioner the id of the kind's provisioner
 * @param name the derived name, frozen
 * @param generation counts replacements that stood beside their predecessor
 * @param nonce frozen with the intent; part of the marker
 * @param status how far it is
 * @param spec what it was made from, or is being made from
 * @param output what was made; null until that is known
 * @param wanted the spec of an update under way, or null
 * @param blocking for one that must be gone before its successor can be made
 * @param remembered values its provisioner asked to keep, by key
 */
public record Resource(
    String provisioner,
    String name,
    int generation,
    String nonce,
    Status status,
    JsonNode spec,
    String fingerprint,
    @Nullable JsonNode output,
    @Nullable JsonNode wanted,
    @Nullable String wantedFingerprint,
    boolean blocking,
    Map<String, JsonNode> remembered) {

  /** How far a resource is. */
  public enum Status {
    /** The intent is recorded; nobody knows whether it exists. */
    INTENDED,
    /** It was seen, incomplete. */
    PARTIAL,
    /** It was made. */
    MADE
  }

  /** Fills in what an older document lacks. */
  public Resource {
    remembered = remembered == null ? Map.of() : remembered;
  }

  /** Returns the intent to make something. */
  public static Resource intended(
      String provisioner,
      String name,
      int generation,
      String nonce,
      JsonNode spec,
      String fingerprint) {
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        Status.INTENDED,
        spec,
        fingerprint,
        null,
        null,
        null,
        false,
        Map.of());
  }

  /** Returns this resource, to be made from another spec: nothing of it exists yet. */
  public Resource intendedFrom(JsonNode newSpec, String newFingerprint) {
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        Status.INTENDED,
        newSpec,
        newFingerprint,
        null,
        null,
        null,
        false,
        remembered);
  }

  /** Returns this resource, made from its present spec. */
  public Resource made(JsonNode newOutput) {
    return with(Status.MADE, newOutput);
  }

  /** Returns this resource, seen incomplete. */
  public Resource partial(@Nullable JsonNode observed) {
    return with(Status.PARTIAL, observed == null ? output : observed);
  }

  private Resource with(Status newStatus, @Nullable JsonNode newOutput) {
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        newStatus,
        spec,
        fingerprint,
        newOutput,
        wanted,
        wantedFingerprint,
        blocking,
        remembered);
  }

  /** Returns this resource with the intent to update it. */
  public Resource updating(JsonNode newSpec, String newFingerprint) {
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        status,
        spec,
        fingerprint,
        output,
        newSpec,
        newFingerprint,
        blocking,
        remembered);
  }

  /** Returns this resource after its update. */
  public Resource updated(JsonNode newOutput) {
    if (wanted == null || wantedFingerprint == null) {
      throw new IllegalStateException("no update of " + name + " is under way");
    }
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        Status.MADE,
        wanted,
        wantedFingerprint,
        newOutput,
        null,
        null,
        blocking,
        remembered);
  }

  /** Returns this resource, to be gone before its successor is made. */
  public Resource blocked() {
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        status,
        spec,
        fingerprint,
        output,
        wanted,
        wantedFingerprint,
        true,
        remembered);
  }

  /** Returns this resource with one more value to remember. */
  public Resource remembering(String key, JsonNode value) {
    Map<String, JsonNode> all = new LinkedHashMap<>(remembered);
    all.put(key, value);
    return new Resource(
        provisioner,
        name,
        generation,
        nonce,
        status,
        spec,
        fingerprint,
        output,
        wanted,
        wantedFingerprint,
        blocking,
        all);
  }
}
