package dev.provisioner.internal.document;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a step failed.
 *
 * @param type what may be done next
 * @param message for people; never secret
 * @param step the step, or null if the run failed as a whole
 * @param attempt such as {@code 2/5}, or null
 */
public record Failure(Type type, String message, @Nullable String step, @Nullable String attempt) {

  /** Refuses what is missing. */
  public Failure {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(message, "message");
  }

  /** What may be done next. */
  public enum Type {
    /** It may succeed later. */
    TRANSIENT,
    /** Somebody must change something. */
    PERMANENT,
    /** Nobody knows whether the call took effect. */
    AMBIGUOUS,
    /** Something is in the way that is not ours. */
    REFUSED,
    /** The backend cannot tell whether something is ours; somebody must look. */
    IN_DOUBT,
    /** A step or the run was over its time. */
    TIMED_OUT
  }
}
