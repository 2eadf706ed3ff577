package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.SealedInput;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is to be recorded.
 *
 * @param input null for a removal
 */
record Submission(JobRequest request, @Nullable SealedInput input) {

  /** Returns whether a job that is there asks for the same. */
  boolean isSameAs(Entry there) {
    String fingerprint = input == null ? null : input.fingerprint();
    return there.job().kind() == request.kind()
        && there.job().plan().equals(request.plan().name())
        && there.job().tenant().equals(request.tenant())
        && Objects.equals(there.fingerprint(), fingerprint);
  }
}
