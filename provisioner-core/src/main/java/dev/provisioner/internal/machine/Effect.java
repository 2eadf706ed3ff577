package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Resource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is to be done once the document is recorded. */
public sealed interface Effect {

  /** Compute what a step is to be. Needs no recording before it. */
  record Evaluate(String task, String step) implements Effect {}

  /** Ask the provisioner how to get from what stands to what is wanted. As above. */
  record Compare(String task, Resource current, Wanted.Spec wanted) implements Effect {}

  /**
   * Call a provisioner.
   *
   * @param attempt which attempt of its operation, from 1
   * @param handle for the polling verbs, else null
   * @param observed the output just found, or null
   */
  record Call(
      String task,
      String step,
      Verb verb,
      Resource resource,
      int attempt,
      @Nullable String handle,
      @Nullable JsonNode observed)
      implements Effect {}

  /** Tell the call of a task to give up. */
  record CancelCall(String task) implements Effect {}

  /** Tell listeners. */
  record Tell(long sequence, Function<EventHeader, ProvisioningEvent> event) implements Effect {}

  /** The methods of a provisioner that are called on a thread of their own. */
  enum Verb {
    /** Look for it. */
    FIND,
    /** Look closely, for a drift check; the machine itself does not ask for it. */
    INSPECT,
    /** Make it. */
    PROVISION,
    /** Change it in place. */
    UPDATE,
    /** Ask about a pending provision or update. */
    POLL,
    /** Remove it. */
    DEPROVISION,
    /** Ask about a pending removal. */
    POLL_REMOVAL
  }
}
