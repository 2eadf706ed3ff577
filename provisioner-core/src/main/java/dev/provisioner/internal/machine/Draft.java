package dev.provisioner.internal.machine;

import dev.provisioner.event.EventHeader;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.Names;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.PastRun;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
  private final Map<String, StepRecord> steps;
  private final List<Effect> effects = new ArrayList<>();
  private final Moment moment;
  private Map<String, Task> tasks;
  private @Nullable RunRecord run;
  private Signals signals;
  private Lifecycle lifecycle;
  private long events;
  private boolean durable;

  // Set when a run begins or ends, else as in the base.
  private long planVersion;
  private com.fasterxml.jackson.databind.@Nullable JsonNode input;
  private @Nullable String inputFingerprint;
  private @Nullable Instant retainedUntil;
  private List<PastRun> history;

  Draft(Document base, Moment moment) {
    this.base = base;
    this.moment = moment;
    this.steps = new LinkedHashMap<>(base.steps());
    this.run = base.run();
    this.tasks = run == null ? new LinkedHashMap<>() : new LinkedHashMap<>(run.tasks());
    this.signals = base.signals();
    this.lifecycle = base.lifecycle();
    this.events = base.events();
    this.planVersion = base.planVersion();
    this.input = base.input();
    this.inputFingerprint = base.inputFingerprint();
    this.retainedUntil = base.retainedUntil();
    this.history = base.history();
  }

  Document base() {
    return base;
  }

  Instant now() {
    return moment.now();
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
    tasks = new LinkedHashMap<>(newRun.tasks());
    durable = true;
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

  Collection<Task> tasks() {
    return List.copyOf(tasks.values());
  }

  @Nullable Task task(String id) {
    return tasks.get(id);
  }

  @Nullable Task task(String step, Task.Goal goal) {
    return tasks.get(Task.id(step, goal));
  }

  void put(Task task) {
    tasks.put(task.id(), task);
    if (task.phase().over() || task.phase().timed()) {
      durable = true;
    }
  }

  /** Puts a task of which nobody need know after a crash. */
  Task putBriefly(Task task) {
    tasks.put(task.id(), task);
    return task;
  }

  // ---- steps

  @Nullable StepRecord step(String name) {
    return steps.get(name);
  }

  Map<String, StepRecord> steps() {
    return java.util.Collections.unmodifiableMap(steps);
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
    Map<String, StepRecord> renamed = new LinkedHashMap<>();
    steps.forEach(
        (name, record) -> {
          List<String> edges =
              record.dependsOn().stream().map(edge -> edge.equals(from) ? to : edge).toList();
          renamed.put(name.equals(from) ? to : name, record.planned(edges, record.policy()));
        });
    steps.clear();
    steps.putAll(renamed);
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
  }

  /** Tells what need not be recorded, so that its number would be given again after a crash. */
  void mention(Function<EventHeader, ProvisioningEvent> event) {
    emit(new Effect.Tell(events, event));
  }

  Progress progress() {
    List<String> current = new ArrayList<>();
    int completed = 0;
    for (Task task : tasks.values()) {
      if (task.phase() == Task.Phase.DONE) {
        completed++;
      } else if (task.phase().calling() || task.phase().timed()) {
        current.add(task.step());
      }
    }
    return new Progress(current, completed, tasks.size());
  }

  // ---- the result

  Machine.Transition transition() {
    RunRecord finished = run == null ? null : RunEdit.of(run).tasks(tasks).toRecord();
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
            steps,
            finished,
            history,
            signals,
            retainedUntil,
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
