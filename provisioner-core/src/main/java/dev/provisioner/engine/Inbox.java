package dev.provisioner.engine;

import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.state.DocumentKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What has happened and no turn has seen yet, and who waits for something to be recorded. Anyone
 * may put into it; the rest is the driver's, within a turn.
 */
final class Inbox {
  private record Message(Input input, @Nullable CompletableFuture<Void> recorded) {}

  private final DocumentKey key;
  private final Queue<Message> messages = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<Void>> toConfirm = new ArrayList<>();

  Inbox(DocumentKey key) {
    this.key = key;
  }

  void put(Input input) {
    messages.add(new Message(input, null));
  }

  /** Puts a value to remember; the future completes when it is recorded. */
  CompletableFuture<Void> putToRecord(Input.Remembered input) {
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    messages.add(new Message(input, recorded));
    return recorded;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** Takes all there is, but for values of calls that are over, which are refused. */
  List<Input> take(Predicate<String> calling) {
    List<Input> inputs = new ArrayList<>();
    for (Message message = messages.poll(); message != null; message = messages.poll()) {
      if (message.input() instanceof Input.Remembered value && !calling.test(value.task())) {
        refuse(message, "The call it belongs to is over.");
        continue;
      }
      inputs.add(message.input());
      if (message.recorded() != null) {
        toConfirm.add(message.recorded());
      }
    }
    return inputs;
  }

  /** Tells those who wait that what was taken is recorded. */
  void confirm() {
    toConfirm.forEach(recorded -> recorded.complete(null));
    toConfirm.clear();
  }

  /** Tells those who wait that nothing more is recorded. */
  void refuseAll() {
    toConfirm.forEach(recorded -> recorded.completeExceptionally(notRecorded("stopped")));
    toConfirm.clear();
    for (Message message = messages.poll(); message != null; message = messages.poll()) {
      refuse(message, "This engine does not work on the run any more.");
    }
  }

  private void refuse(Message message, String why) {
    if (message.recorded() != null) {
      message.recorded().completeExceptionally(notRecorded(why));
    }
  }

  private ProvisioningException notRecorded(String why) {
    return new ProvisioningException(
        "The value was not recorded. " + why,
        ErrorContext.of(key.tenant().toString(), key.plan()),
        null);
  }
}
