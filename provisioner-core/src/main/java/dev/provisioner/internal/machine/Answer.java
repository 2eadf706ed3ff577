package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call to a provisioner gave; outputs are JSON with secrets sealed. */
public sealed interface Answer {

  /** Nothing is there. */
  record Absent() implements Answer {}

  /** It is there, ours, and as wanted. */
  record Ours(JsonNode output) implements Answer {}

  /** It is there and ours, but not as wanted. */
  record Incomplete(@Nullable JsonNode observed, List<String> differences) implements Answer {}

  /** Something is there that is not ours. */
  record NotOurs(String description) implements Answer {}

  /** The backend cannot tell. */
  record InDoubt(String reason) implements Answer {}

  /** An earlier call is still at work on it. */
  record Busy(Duration lookAgainAfter, String waitingFor) implements Answer {}

  /** It is made, or changed. */
  record Made(JsonNode output) implements Answer {}

  /** It is gone. */
  record Gone() implements Answer {}

  /** It was begun and goes on in the backend. */
  record Pending(String handle, Duration pollAfter, String waitingFor) implements Answer {}

  /** The call threw, or did not return in time. */
  record Threw(Failure.Type type, String message, @Nullable Duration retryAfter)
      implements Answer {}
}
