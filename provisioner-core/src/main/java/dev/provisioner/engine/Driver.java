package dev.provisioner.engine;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.internal.document.Document;
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

  private final Core core;
  private final DocumentKey key;
  private final @Nullable Binding<?> binding;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean refreshAsked = new AtomicBoolean();
  private final Inbox inbox;
  private final Queue<Call> toBegin = new ConcurrentLinkedQueue<>();

  /** Whether the store did not answer, and is to be read before anything else, after a while. */
  private volatile boolean reread;

  // Guarded by turn.
  private final Map<String, Call> calls = new HashMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private final Tenure tenure;
  private boolean claimed;
  private boolean wroteWhenClosing;
  private boolean over;
  private boolean cancelSeen;
  private EngineThreads.@Nullable Timer timer;
  private volatile String running = ""; // not known before the first turn

  Driver(Core core, DocumentKey key, Opening opening) {
    this.core = core;
    this.key = key;
    this.binding = opening.binding();
    this.inbox = new Inbox(key);
    this.tenure = new Tenure(core, key, opening);
    opening.inputs().forEach(inbox::put);
  }

  private Document document() {
    return tenure.document();
  }

  // ---- from outside

  /** Takes the first turn, which takes the lease. Returns whether nobody else wrote first. */
  boolean claim() {
    turn.lock();
    try {
      takeTurn(true);
      RunRecord run = document().run();
      running = run == null ? "" : run.id();
      return claimed;
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    } finally {
      turn.unlock();
      scheduleIfNeeded();
    }
  }

  /** Returns whether this is the run it works on, which is one alone. */
  boolean worksOn(String run) {
    return running.equals(run);
  }

  void submit(Input input) {
    inbox.put(input);
    schedule();
  }

  @Override
  public CompletableFuture<Void> submitAndRecord(Input.Remembered input) {
    CompletableFuture<Void> recorded = inbox.putToRecord(input);
    schedule();
    return recorded;
  }

  /**
   * Returns whether the lease was renewed so lately that nobody can have taken it. If not, as after
   * a pause of the process or a long wait for a permit, it is renewed first.
   */
  @Override
  public boolean mayBegin(Call call) {
    if (tenure.leaseIsFresh()) {
      return true;
    }
    toBegin.add(call);
    schedule();
    return false;
  }

  /** Reads what others signalled. */
  void refresh() {
    refreshAsked.set(true);
    schedule();
  }

  /**
   * Waits until a turn under way has ended, and looks again: what the run has lost or ended by then
   * it leaves at once. Whoever finds it in the way would else ask again and again until its next
   * turn.
   *
   * @throws StateStoreException if the store does not answer
   */
  void lookAgain() {
    turn.lock();
    try {
      if (claimed && !over) {
        refreshAsked.set(!reread); // which reads again in any case
        takeTurn(false);
      }
    } catch (StateStoreException e) {
      storeLost(e);
      throw e;
    } catch (RuntimeException | Error e) {
      failed(e);
      throw e;
    } finally {
      turn.unlock();
      scheduleIfNeeded();
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

  private boolean idle() {
    return inbox.isEmpty() && !refreshAsked.get();
  }

  private void scheduleIfNeeded() {
    if (!idle() && !reread) { // else a timer does
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
    } catch (Error e) {
      failed(e);
      throw e;
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
      if (!over && document().lease() == null) {
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
    } while (!idle() || newlyCancelled());
    carryOut();
    goOn();
  }

  private void applyInbox() {
    if (refreshAsked.getAndSet(false)) {
      rebase(); // before anything is taken from the inbox: if it throws, nothing is lost
      if (over) {
        return;
      }
    }
    List<Input> inputs = inbox.take(this::calling);
    if (newlyCancelled()) {
      cancelSeen = true;
      inputs.add(new Input.Cancel());
    }
    if (!first(inputs)) {
      inputs.add(new Input.Tick());
    }
    while (!inputs.isEmpty()) {
      Machine.Transition transition = Machine.apply(document(), inputs, moment());
      tenure.apply(transition);
      inputs = compute(transition.effects());
    }
  }

  private static boolean first(List<Input> inputs) {
    return inputs.stream().anyMatch(input -> input instanceof Input.Begin);
  }

  private Moment moment() {
    return new Moment(now(), core.settings.random(), core.settings.keepsEvents());
  }

  private boolean calling(String task) {
    RunRecord run = document().run();
    Task found = run == null ? null : run.tasks().get(task);
    return found != null && found.phase().calling();
  }

  private boolean newlyCancelled() {
    RunRecord run = document().run();
    return !cancelSeen
        && run != null
        && run.status().underWay()
        && run.id().equals(document().signals().cancel());
  }

  /** Carries out what needs no recording, and keeps the rest. */
  private List<Input> compute(List<Effect> all) {
    List<Input> computed = new ArrayList<>();
    for (Effect effect : all) {
      if (effect instanceof Effect.Evaluate evaluate) {
        computed.add(evaluate(evaluate));
      } else if (effect instanceof Effect.Compare compare) {
        computed.add(core.calls.compare(document(), compare));
      } else {
        effects.add(effect);
      }
    }
    return computed;
  }

  private Input evaluate(Effect.Evaluate effect) {
    Wanted wanted = core.calls.evaluate(document(), binding, effect.step());
    if (wanted instanceof Wanted.Spec spec) {
      long room = tenure.takeRoom(spec.bytes());
      if (spec.bytes() > room) {
        return new Input.Evaluated(effect.task(), Calls.tooLarge(spec.bytes(), room));
      }
    }
    return new Input.Evaluated(effect.task(), wanted);
  }

  // ---- recording

  /** Records what is unsaved. Returns whether this engine still holds the lease, or has ended. */
  private boolean record(boolean first) {
    boolean calling = !toBegin.isEmpty() || callsToBegin();
    while (tenure.unsaved()
        || releasable()
        || tenure.heartbeatDue()
        || (calling && tenure.leased() && !tenure.leaseIsFresh())) {
      boolean closing = core.closing();
      if (tenure.write(releasable())) {
        claimed = true;
        wroteWhenClosing = closing;
        if (!tenure.leased() || !calling || tenure.leaseIsFresh()) {
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
    inbox.confirm();
    return true;
  }

  private boolean callsToBegin() {
    return effects.stream().anyMatch(effect -> effect instanceof Effect.Call);
  }

  /** Whether the lease can be given back: the run is over, or waits for long. */
  private boolean releasable() {
    if (document().lease() == null) {
      return false;
    }
    if (!document().underWay() || (core.closing() && calls.isEmpty())) {
      return true;
    }
    RunRecord run = document().run();
    if (run == null
        || !calls.isEmpty()
        || callsToBegin()
        || run.tasks().values().stream().anyMatch(task -> task.phase().calling())) {
      return false;
    }
    boolean heldBack = core.settings.holdsBack(document());
    Instant next = Timers.next(document(), heldBack);
    if (heldBack) {
      Instant again = toldAgainAt();
      next = again == null ? null : Timers.earlier(next, again); // else they are being told
    }
    return next != null && next.isAfter(now().plus(core.settings.parkAfter()));
  }

  /** Returns when listeners that failed are told again, or null if that is being done. */
  private @Nullable Instant toldAgainAt() {
    Instant again = document().outbox().dueAt();
    return again != null && again.isAfter(now()) ? again : null;
  }

  private Instant now() {
    return core.settings.clock().instant();
  }

  /**
   * Reads again, keeps what others signalled, and stops if the lease has gone to another engine.
   */
  private void rebase() {
    if (!tenure.rebase()) {
      leaseLost();
    }
  }

  private void leaseLost() {
    log.warn(
        "Another engine has taken over {}; this one stops working on it and writes nothing.", key);
    core.tell(document(), document().events(), LeaseLost::new);
    calls.values().forEach(call -> call.cancel("another engine has taken over"));
    leave();
    core.deliveries.forget(key);
  }

  /** Leaves a run it cannot work on; its lease runs out, and then it is tried again from there. */
  private void failed(Throwable e) {
    log.error("The work on {} ended unexpectedly; it is tried again after its lease.", key, e);
    calls.values().forEach(call -> call.cancel("the engine could not go on with the run"));
    leave();
    core.deliveries.forget(key);
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
        core.tell(document(), tell.sequence(), tell.event());
      } else if (effect instanceof Effect.CancelCall cancel) {
        Call call = calls.get(cancel.task());
        if (call != null) {
          call.cancel("the run stops");
        }
      } else if (effect instanceof Effect.Call call && !core.closing()) {
        calls.put(call.task(), core.calls.begin(this, document(), binding, call));
      }
    }
    effects.clear();
    for (Call call = toBegin.poll(); call != null; call = toBegin.poll()) {
      core.calls.enqueue(call);
    }
    core.deliveries.see(key, document());
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
    if (document().lease() == null) {
      if (wroteWhenClosing && document().underWay()) {
        core.leftUnfinished(key.tenant()); // before those who wait for the last driver look
      }
      leave();
      core.deliveries.see(key, document()); // now that there is no driver to see to it
      RunRecord run = document().run();
      if (run != null && !document().underWay()) {
        core.ended(run, document());
      }
      if (!document().underWay() && !document().signals().requests().isEmpty()) {
        core.threads.drive(() -> core.look(key));
      }
      return;
    }
    Duration wait = core.settings.heartbeat();
    Instant next =
        Timers.earlier(Timers.next(document(), core.settings.holdsBack(document())), toldAgainAt());
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
    inbox.refuseAll();
    toBegin.clear();
    refreshAsked.set(false);
  }
}
