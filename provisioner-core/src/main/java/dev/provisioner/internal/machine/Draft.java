package dev.provisioner.internal.machine;

import dev.provisioner.event.EventHeader;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.Names;
import dev.provisioner.internal.document.Delivery;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.internal.document.OutboxEvent;
import dev.provisioner.internal.document.PastRun;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.Rows;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The working copy of a document while the machine applies inputs to it. It lives within one call
 * of the machine, which so stays a pure function.
 */
final class Draft {
  private final Document base;
  private Rows.Editor<StepRecord> steps;
  private final List<Effect> effects = new ArrayList<>();
  private final Moment moment;
  private Rows.Editor<Task> tasks;
  private Tally tally;
  private boolean unsettled;
  private @Nullable RunRecord run;
  private Signals signals;
  private Lifecycle lifecycle;
  private long events;
  private Outbox outbox;
  private boolean durable;

  // Set when a run begins or ends, else as in the base.
  private long planVersion;
  private com.fasterxml.jackson.databind.@Nullable JsonNode input;
  private @Nullable String inputFingerprint;
  private @Nullable Instant retainedUntil;
  private long ticket;
  private List<PastRun> history;

  Draft(Document base, Moment moment) {
    this.base = base;
    this.moment = moment;
    this.steps = Rows.of(base.steps()).edit();
    this.run = base.run();
    this.tasks = (run == null ? Rows.<Task>empty() : Rows.of(run.tasks())).edit();
    this.tally = Tally.of(tasks);
    this.signals = base.signals();
    this.lifecycle = base.lifecycle();
    this.events = base.events();
    this.outbox = base.outbox();
    this.planVersion = base.planVersion();
    this.input = base.input();
    this.inputFingerprint = base.inputFingerprint();
    this.retainedUntil = base.retainedUntil();
    this.ticket = base.ticket();
    this.history = base.history();
  }

  Document base() {
    return base;
  }

  Instant now() {
    return moment.now();
  }

  Duration since(@Nullable Instant begun) {
    return begun == null ? Duration.ZERO : Duration.between(begun, now());
  }

  double random() {
    return moment.random().nextDouble();
  }

  String nonce() {
    return moment.nonce();
  }

  // ---- the run

  RunRecord run() {
    if (run == null) {
      throw new IllegalStateException("no run");
    }
    return run;
  }

  boolean underWay() {
    return run != null && run.status().underWay();
  }

  void beginRun(RunRecord newRun) {
    if (run != null) {
      List<PastRun> all = new ArrayList<>(history);
      all.add(
          0,
          new PastRun(
              run.id(),
              run.kind(),
              run.status(),
              run.startedAt(),
              run.endedAt(),
              run.failure() == null ? null : run.failure().message()));
      history = List.copyOf(all.subList(0, Math.min(all.size(), PastRun.KEPT)));
    }
    run = newRun;
    tasks = Rows.of(newRun.tasks()).edit();
    tally = Tally.of(tasks);
    unsettled = true;
    durable = true;
  }

  /** Records the number a run was asked for with. */
  void ticket(long number) {
    ticket = Math.max(ticket, number);
  }

  void run(Function<RunEdit, RunEdit> edit) {
    run = edit.apply(RunEdit.of(run())).toRecord();
    durable = true;
  }

  void input(
      com.fasterxml.jackson.databind.@Nullable JsonNode newInput,
      @Nullable String fingerprint,
      long version) {
    input = newInput;
    inputFingerprint = fingerprint;
    planVersion = version;
    durable = true;
  }

  void lifecycle(Lifecycle next, @Nullable Instant retained) {
    lifecycle = next;
    retainedUntil = retained;
    durable = true;
  }

  void signals(Signals next) {
    signals = next;
    durable = true;
  }

  Signals signals() {
    return signals;
  }

  // ---- tasks

  /** Returns the tasks there are now, each as it is when it is reached. */
  List<Task> tasks() {
    int size = tasks.size();
    return new AbstractList<>() {
      @Override
      public Task get(int place) {
        return tasks.value(place);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  Tally tally() {
    return tally;
  }

  /**
   * Returns whether other tasks may have become ready, or hopeless, since this was last asked. If
   * nothing but blocked tasks is left, that is always so.
   */
  boolean takeUnsettled() {
    boolean was = unsettled || tally.open() == tally.count(Task.Phase.BLOCKED);
    unsettled = false;
    return was;
  }

  @Nullable Task task(String id) {
    return tasks.get(id);
  }

  @Nullable Task task(String step, Task.Goal goal) {
    return tasks.get(Task.id(step, goal));
  }

  void put(Task task) {
    putBriefly(task);
    if (task.phase().over() || task.phase().timed()) {
      durable = true;
    }
    boolean brokenOff = task.phase() == Task.Phase.FAILED || task.phase() == Task.Phase.STOPPED;
    if (brokenOff && task.op() == Task.Op.REMOVE && !refusedAtOnce(task)) {
      doubt(task);
    }
  }

  private static boolean refusedAtOnce(Task task) {
    Failure error = task.error();
    return task.phase() == Task.Phase.FAILED
        && error != null
        && error.type() == Failure.Type.PERMANENT
        && task.retries() == 0
        && task.handle() == null;
  }

  /** What was being removed may be gone: it is looked for before it counts as made again. */
  private void doubt(Task task) {
    StepRecord record = record(task);
    Resource resource = task.nonce() == null ? null : record.resource(task.nonce());
    if (resource != null && resource.status() == Resource.Status.MADE) {
      put(task.step(), record.with(resource.partial(null)));
    }
  }

  /** Puts a task of which nobody need know after a crash. */
  Task putBriefly(Task task) {
    String id = task.id();
    tally.change(tasks.get(id), task);
    tasks.put(id, task);
    unsettled |= task.phase().over() || task.phase() == Task.Phase.BLOCKED;
    return task;
  }

  /** Forgets what stood before the run: nothing will go back to it. */
  void forgetBefore() {
    for (Task task : tasks()) {
      tasks.put(task.id(), task.withoutBefore());
    }
    run(RunEdit::withoutPrevious);
  }

  // ---- steps

  @Nullable StepRecord step(String name) {
    return steps.get(name);
  }

  /** Returns the steps as they are now. */
  Map<String, StepRecord> steps() {
    return steps.rows();
  }

  StepRecord record(Task task) {
    StepRecord record = steps.get(task.step());
    if (record == null) {
      throw new IllegalStateException("no record of step " + task.step());
    }
    return record;
  }

  void put(String name, StepRecord record) {
    steps.put(name, record);
    durable = true;
  }

  void drop(String name) {
    steps.remove(name);
    durable = true;
  }

  void rename(String from, String to) {
    Rows.Editor<StepRecord> renamed = Rows.<StepRecord>empty().edit();
    steps()
        .forEach(
            (name, record) -> {
              List<String> edges =
                  record.dependsOn().stream().map(edge -> edge.equals(from) ? to : edge).toList();
              renamed.put(name.equals(from) ? to : name, record.planned(edges, record.policy()));
            });
    steps = renamed;
    durable = true;
  }

  String name(StepRecord record, int generation, Wanted.Spec wanted) {
    return Names.of(base.installation(), TenantId.of(base.tenant()), base.plan())
        .derive("step", record.origin(), generation, wanted.names());
  }

  // ---- effects

  void emit(Effect effect) {
    effects.add(effect);
  }

  void call(Task task, Effect.Verb verb, Resource resource) {
    call(task, verb, resource, null);
  }

  void call(
      Task task,
      Effect.Verb verb,
      Resource resource,
      com.fasterxml.jackson.databind.@Nullable JsonNode observed) {
    emit(
        new Effect.Call(
            task.id(), task.step(), verb, resource, task.failures() + 1, task.handle(), observed));
  }

  void tell(Function<EventHeader, ProvisioningEvent> event) {
    emit(new Effect.Tell(++events, event));
    if (moment.keepsEvents()) {
      outbox = outbox.with(OutboxEvent.of(event.apply(header())));
      durable = true;
    }
  }

  private EventHeader header() {
    return new EventHeader(
        events,
        now(),
        base.installation(),
        TenantId.of(base.tenant()),
        base.plan(),
        run().id(),
        run().by());
  }

  /** Tells what need not be recorded, so that its number would be given again after a crash. */
  void mention(Function<EventHeader, ProvisioningEvent> event) {
    emit(new Effect.Tell(events, event));
  }

  /** Takes out of the outbox what was told. It need not be recorded: it would be told again. */
  void delivered(Delivery delivery) {
    outbox = outbox.after(delivery);
    unsettled = true;
  }

  /** Returns whether what is begun now could tell of itself. */
  boolean hasRoom() {
    return !moment.keepsEvents() || outbox.hasRoomBeside(tally.calling());
  }

  Progress progress() {
    List<String> current = new ArrayList<>();
    for (int i = 0; i < tasks.size() && current.size() < Progress.MOST_NAMED; i++) {
      Task task = tasks.value(i);
      if (task.phase().calling() || task.phase().timed()) {
        current.add(task.step());
      }
    }
    return new Progress(current, tally.count(Task.Phase.DONE), tasks.size());
  }

  // ---- the result

  Machine.Transition transition() {
    RunRecord finished = run == null ? null : RunEdit.of(run).tasks(tasks.rows()).toRecord();
    Document next =
        new Document(
            base.schema(),
            base.installation(),
            base.plan(),
            base.tenant(),
            planVersion,
            lifecycle,
            input,
            inputFingerprint,
            base.token(),
            base.lease(),
            base.writeId(),
            events,
            steps.rows(),
            finished,
            history,
            signals,
            retainedUntil,
            ticket,
            outbox,
            base.more());
    return new Machine.Transition(next, List.copyOf(effects), durable);
  }

  /** Fails the run for a reason that is no step's; the first reason stays. */
  void failRun(Failure failure) {
    run(edit -> edit.failure(edit.failure() == null ? failure : edit.failure()));
  }

  boolean rollingBack() {
    return run().status() == RunStatus.ROLLING_BACK;
  }
}
