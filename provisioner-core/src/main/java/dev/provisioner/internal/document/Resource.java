package dev.provisioner.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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

  /** Fills in what an older document lacks; refuses what none can lack. */
  public Resource {
    Objects.requireNonNull(provisioner, "provisioner");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(nonce, "nonce");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(fingerprint, "fingerprint");
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
    Edit edit = new Edit();
    edit.status = Status.INTENDED;
    edit.spec = newSpec;
    edit.fingerprint = newFingerprint;
    edit.output = null;
    edit.want(null, null);
    edit.blocking = false;
    return edit.resource();
  }

  /** Returns this resource, made from its present spec. */
  public Resource made(JsonNode newOutput) {
    Edit edit = new Edit();
    edit.status = Status.MADE;
    edit.output = newOutput;
    return edit.resource();
  }

  /** Returns this resource, seen incomplete. */
  public Resource partial(@Nullable JsonNode observed) {
    Edit edit = new Edit();
    edit.status = Status.PARTIAL;
    edit.output = observed == null ? output : observed;
    return edit.resource();
  }

  /** Returns this resource with the intent to update it. */
  public Resource updating(JsonNode newSpec, String newFingerprint) {
    Edit edit = new Edit();
    edit.want(newSpec, newFingerprint);
    return edit.resource();
  }

  /** Returns this resource after its update. */
  public Resource updated(JsonNode newOutput) {
    if (wanted == null || wantedFingerprint == null) {
      throw new IllegalStateException("no update of " + name + " is under way");
    }
    Edit edit = new Edit();
    edit.status = Status.MADE;
    edit.spec = wanted;
    edit.fingerprint = wantedFingerprint;
    edit.output = newOutput;
    edit.want(null, null);
    return edit.resource();
  }

  /** Returns this resource, to be gone before its successor is made. */
  public Resource blocked() {
    Edit edit = new Edit();
    edit.blocking = true;
    return edit.resource();
  }

  /** Returns this resource with one more value to remember. */
  public Resource remembering(String key, JsonNode value) {
    Edit edit = new Edit();
    edit.remembered = new LinkedHashMap<>(remembered);
    edit.remembered.put(key, value);
    return edit.resource();
  }

  /** This resource with something changed; what is frozen cannot be. */
  private final class Edit {
    private Status status = Resource.this.status;
    private JsonNode spec = Resource.this.spec;
    private String fingerprint = Resource.this.fingerprint;
    private @Nullable JsonNode output = Resource.this.output;
    private @Nullable JsonNode wanted = Resource.this.wanted;
    private @Nullable String wantedFingerprint = Resource.this.wantedFingerprint;
    private boolean blocking = Resource.this.blocking;
    private Map<String, JsonNode> remembered = Resource.this.remembered;

    void want(@Nullable JsonNode newSpec, @Nullable String newFingerprint) {
      wanted = newSpec;
      wantedFingerprint = newFingerprint;
    }

    Resource resource() {
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
          remembered);
    }
  }
}
