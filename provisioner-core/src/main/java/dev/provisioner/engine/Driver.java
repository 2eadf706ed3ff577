package dev.provisioner.engine;

import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Lease;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.machine.Effect;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.internal.machine.Machine;
import dev.provisioner.internal.machine.Moment;
import dev.provisioner.internal.machine.Timers;
import dev.provisioner.internal.machine.Wanted;
import dev.provisioner.state.DocumentKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on one document while this engine holds its lease. Whatever happens arrives in an inbox; a
 * turn applies all of it to the machine, records the result in one write, and only then carries the
 * effects out. Turns never overlap; between them no thread is held.
 */
final class Driver implements CallHost {
  private static final Logger log = LoggerFactory.getLogger(Driver.class);
  private static final Duration STORE_RETRY = Duration.ofSeconds(1);

  private record Message(@Nullable Input input, @Nullable CompletableFuture<Void> recorded) {}

  private final Core core;
  private final DocumentKey key;
  private final @Nullable Binding<?> binding;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Queue<Message> inbox = new ConcurrentLinkedQueue<>();
  private final Queue<Call> toBegin = new ConcurrentLinkedQueue<>();

  /** When the last write began: from then on others count the lease. */
  private volatile long writtenAt;

  // Guarded by turn.
  private final Map<String, Call> calls = new HashMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private final List<CompletableFuture<Void>> toConfirm = new ArrayList<>();
  private Ledger.Entry entry;
  private Document document;
  private boolean unsaved = true;
  private long unsavedBytes;
  private boolean claimed;
  private boolean over;
  private boolean reread;
  private boolean cancelSeen;
  private @Nullable Document inDoubt;
  private EngineThreads.@Nullable Timer timer;

  Driver(Core core, DocumentKey key, Opening opening) {
    this.core = core;
    this.key = key;
    this.binding = opening.binding();
    this.entry = opening.entry();
    Document read = opening.entry().document();
    this.document =
        read.signals(opening.signals())
            .written(
                new Lease(core.engineId, 0, core.settings.lease().toMillis()),
                read.token() + 1,
                read.writeId());
    opening.inputs().forEach(input -> inbox.add(new Message(input, null)));
  }

  // ---- from outside

  /** Takes the first turn, which takes the lease. Returns whether nobody else wrote first. */
  boolean claim() {
    turn.lock();
    try {
      takeTurn(true);
      return claimed;
    } catch (RuntimeException e) {
      leave();
      throw e;
    } finally {
      turn.unlock();
      scheduleIfNeeded();
    }
  }

  void submit(Input input) {
    inbox.add(new Message(input, null));
    schedule();
  }

  @Override
  public CompletableFuture<Void> submitAndRecord(Input.Remembered input) {
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    inbox.add(new Message(input, recorded));
    schedule();
    return recorded;
  }

  /**
   * Returns whether the lease was renewed so lately that nobody can have taken it. If not, as after
   * a pause of the process or a long wait for a permit, it is renewed first.
   */
  @Override
  public boolean mayBegin(Call call) {
    if (leaseIsFresh()) {
      return true;
    }
    toBegin.add(call);
    schedule();
    return false;
  }

  /** Reads what others signalled. */
  void refresh() {
    inbox.add(new Message(null, null));
    schedule();
  }

  /** Waits until a turn under way has ended. */
  void awaitTurn() {
    turn.lock();
    try {
      log.trace("A turn on {} has ended.", key);
    } finally {
      turn.unlock();
    }
  }

  /** Tells all calls to give up, because the engine is closing. */
  void cancelCalls(String why) {
    turn.lock();
    try {
      calls.values().forEach(call -> call.cancel(why));
    } finally {
      turn.unlock();
    }
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      core.threads.drive(this::run);
    }
  }

  private void scheduleIfNeeded() {
    if (!inbox.isEmpty()) {
      schedule();
    }
  }

  private void run() {
    scheduled.set(false);
    turn.lock();
    try {
      if (over) {
        refuseRest();
      } else {
        takeTurn(false);
      }
    } catch (StateStoreException e) {
      storeLost(e);
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      turn.unlock();
      scheduleIfNeeded();
    }
  }

  // ---- a turn

  private void takeTurn(boolean first) {
    cancelTimer();
    if (!first && reread) {
      rebase();
      reread = false;
      if (!over && document.lease() == null) {
        carryOut();
        goOn();
        return;
      }
    }
    do {
      applyInbox();
      if (over || !record(first)) {
        return;
      }
    } while (!inbox.isEmpty() || newlyCancelled());
    carryOut();
    goOn();
  }

  private void applyInbox() {
    List<Input> inputs = new ArrayList<>();
    for (Message message = inbox.poll(); message != null; message = inbox.poll()) {
      Input input = message.input();
      if (input == null) {
        rebase();
      } else if (input instanceof Input.Remembered remembered && !calling(remembered.task())) {
        refuse(message, "The call it belongs to is over.");
      } else {
        inputs.add(input);
        if (message.recorded() != null) {
          toConfirm.add(message.recorded());
        }
      }
    }
    if (newlyCancelled()) {
      cancelSeen = true;
      inputs.add(new Input.Cancel());
    }
    if (!first(inputs)) {
      inputs.add(new Input.Tick());
    }
    while (!inputs.isEmpty()) {
      Machine.Transition transition = Machine.apply(document, inputs, moment());
      document = transition.document();
      unsaved |= transition.durable();
      inputs = compute(transition.effects());
    }
  }

  private static boolean first(List<Input> inputs) {
    return inputs.stream().anyMatch(input -> input instanceof Input.Begin);
  }

  private Moment moment() {
    return new Moment(core.settings.clock().instant(), core.settings.random());
  }

  private boolean calling(String task) {
    RunRecord run = document.run();
    Task found = run == null ? null : run.tasks().get(task);
    return found != null && found.phase().calling();
  }

  private boolean newlyCancelled() {
    RunRecord run = document.run();
    return !cancelSeen
        && run != null
        && run.status().underWay()
        && run.id().equals(document.signals().cancel());
  }

  /** Carries out what needs no recording, and keeps the rest. */
  private List<Input> compute(List<Effect> all) {
    List<Input> computed = new ArrayList<>();
    for (Effect effect : all) {
      if (effect instanceof Effect.Evaluate evaluate) {
        computed.add(evaluate(evaluate));
      } else if (effect instanceof Effect.Compare compare) {
        computed.add(core.calls.compare(document, compare));
      } else {
        effects.add(effect);
      }
    }
    return computed;
  }

  private Input evaluate(Effect.Evaluate effect) {
    Wanted wanted = core.calls.evaluate(document, binding, effect.step());
    long bytes = core.calls.bytes(wanted);
    long room = core.settings.maxDocumentBytes() - entry.bytes() - unsavedBytes;
    if (bytes > room) {
      return new Input.Evaluated(effect.task(), Calls.tooLarge(bytes, room));
    }
    unsavedBytes += bytes;
    return new Input.Evaluated(effect.task(), wanted);
  }

  // ---- recording

  /** Records what is unsaved. Returns whether this engine still holds the lease, or has ended. */
  private boolean record(boolean first) {
    boolean calling =
        !toBegin.isEmpty() || effects.stream().anyMatch(effect -> effect instanceof Effect.Call);
    while (unsaved
        || releasable()
        || heartbeatDue()
        || (calling && document.lease() != null && !leaseIsFresh())) {
      Lease lease = releasable() ? null : core.ledger.renewed(document, core.engineId);
      Document next = document.written(lease, document.token(), Ledger.newWriteId());
      long began = core.settings.ticker().getAsLong();
      inDoubt = next;
      Optional<Ledger.Entry> written = core.ledger.write(key, entry, next);
      if (written.isPresent()) {
        inDoubt = null;
        entry = written.get();
        document = next;
        unsaved = false;
        unsavedBytes = 0;
        claimed = true;
        writtenAt = began;
        if (lease == null || !calling || leaseIsFresh()) {
          break;
        }
        continue; // the write took so long that it must be asked again whether we still hold it
      }
      if (first && !claimed) {
        leave();
        return false;
      }
      rebase();
      if (over) {
        return false;
      }
      if (newlyCancelled()) {
        return true;
      }
    }
    toConfirm.forEach(recorded -> recorded.complete(null));
    toConfirm.clear();
    return true;
  }

  /** Whether the lease can be given back: the run is over, or waits for long. */
  private boolean releasable() {
    if (document.lease() == null) {
      return false;
    }
    if (!document.underWay() || (core.closing() && calls.isEmpty())) {
      return true;
    }
    RunRecord run = document.run();
    if (run == null
        || !calls.isEmpty()
        || effects.stream().anyMatch(effect -> effect instanceof Effect.Call)
        || run.tasks().values().stream().anyMatch(task -> task.phase().calling())) {
      return false;
    }
    Instant next = Timers.next(document);
    return next != null && next.isAfter(now().plus(core.settings.parkAfter()));
  }

  private Instant now() {
    return core.settings.clock().instant();
  }

  private Duration sinceWritten() {
    return Duration.ofNanos(core.settings.ticker().getAsLong() - writtenAt);
  }

  private boolean heartbeatDue() {
    return document.lease() != null && sinceWritten().compareTo(core.settings.heartbeat()) >= 0;
  }

  private boolean leaseIsFresh() {
    return sinceWritten().compareTo(core.settings.heartbeat().multipliedBy(2)) < 0;
  }

  /**
   * Reads again, keeps what others signalled, and stops if the lease has gone to another engine.
   */
  private void rebase() {
    Optional<Ledger.Entry> fresh = core.ledger.read(key);
    Document there = fresh.map(Ledger.Entry::document).orElse(null);
    Lease lease = there == null ? null : there.lease();
    boolean ours =
        there != null
            && there.token() == document.token()
            && lease != null
            && lease.holder().equals(core.engineId);
    Document released = inDoubt;
    if (fresh.isPresent() && there != null && released != null && releasedBy(released, there)) {
      document = released.signals(there.signals());
      entry = fresh.get();
      unsaved = false;
      return;
    }
    if (!ours || fresh.isEmpty() || there == null) {
      leaseLost();
      return;
    }
    // The heartbeat is the one that others have seen, which a write in doubt may have raised.
    document =
        document
            .signals(there.signals().rebased(entry.document().signals(), document.signals()))
            .written(lease, document.token(), document.writeId());
    entry = fresh.get();
  }

  /**
   * Whether a write of ours that was not answered has given the lease back: nobody has had it
   * since, and only its holder gives it back.
   */
  private static boolean releasedBy(Document write, Document there) {
    return write.lease() == null && there.lease() == null && there.token() == write.token();
  }

  private void leaseLost() {
    log.warn(
        "Another engine has taken over {}; this one stops working on it and writes nothing.", key);
    core.tell(document, document.events(), LeaseLost::new);
    calls.values().forEach(call -> call.cancel("another engine has taken over"));
    leave();
  }

  /** Leaves a run it cannot work on; its lease runs out, and then it is tried again from there. */
  private void failed(RuntimeException e) {
    log.error("The work on {} ended unexpectedly; it is tried again after its lease.", key, e);
    calls.values().forEach(call -> call.cancel("the engine could not go on with the run"));
    leave();
  }

  private void storeLost(StateStoreException e) {
    if (reread) {
      log.debug("The state of {} still cannot be recorded; trying again.", key, e);
    } else {
      log.error(
          "The state of {} could not be recorded; trying again every {} s. Calls under way go on,"
              + " new ones are not begun.",
          key,
          STORE_RETRY.toSeconds(),
          e);
    }
    reread = true;
    timer = core.threads.after(STORE_RETRY, this::schedule);
  }

  // ---- effects

  private void carryOut() {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Tell tell) {
        core.tell(document, tell.sequence(), tell.event());
      } else if (effect instanceof Effect.CancelCall cancel) {
        Call call = calls.get(cancel.task());
        if (call != null) {
          call.cancel("the run stops");
        }
      } else if (effect instanceof Effect.Call call && !core.closing()) {
        calls.put(call.task(), core.calls.begin(this, document, binding, call));
      }
    }
    effects.clear();
    for (Call call = toBegin.poll(); call != null; call = toBegin.poll()) {
      core.calls.enqueue(call);
    }
  }

  @Override
  public void callOver(Call call, Input.Answered answer) {
    turn.lock();
    try {
      if (!calls.remove(answer.task(), call)) {
        return;
      }
    } finally {
      turn.unlock();
    }
    submit(answer);
  }

  // ---- between turns

  private void goOn() {
    if (document.lease() == null) {
      leave();
      RunRecord run = document.run();
      if (run != null && !document.underWay()) {
        core.ended(run, document);
      } else if (core.closing()) {
        core.leftUnfinished(key.tenant());
      }
      if (!document.underWay() && !document.signals().requests().isEmpty()) {
        core.threads.drive(() -> core.look(key));
      }
      return;
    }
    Duration wait = core.settings.heartbeat();
    Instant next = Timers.next(document);
    if (next != null) {
      Duration untilNext = Duration.between(now(), next);
      wait = untilNext.compareTo(wait) < 0 ? untilNext : wait;
    }
    timer = core.threads.after(wait.isNegative() ? Duration.ZERO : wait, this::schedule);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void leave() {
    over = true;
    cancelTimer();
    core.drivers().remove(key, this);
    refuseRest();
  }

  private void refuseRest() {
    toConfirm.forEach(recorded -> recorded.completeExceptionally(notRecorded("stopped")));
    toConfirm.clear();
    toBegin.clear();
    for (Message message = inbox.poll(); message != null; message = inbox.poll()) {
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
