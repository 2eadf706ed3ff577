package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepStarted;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.Resource.Status;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.internal.document.Task.Op;
import dev.provisioner.internal.document.Task.Phase;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Takes one operation on one resource from its first look to its end. */
final class Operations {
  /** The result of a step that took up again what it was about to replace. */
  static final String RESTORED = "restored";

  private Operations() {}

  /** Begins a task whose turn has come. */
  static void start(Draft draft, Task blocked) {
    Task task = draft.putBriefly(blocked.deciding(draft.now()));
    switch (task.goal()) {
      case ENSURE -> {
        if (pending(draft, task)) {
          again(draft, task);
        } else {
          draft.emit(new Effect.Evaluate(task.id(), task.step()));
        }
      }
      case UNDO -> Ensuring.decideUndo(draft, task);
      case REMOVE, DISCARD -> decideRemoval(draft, task);
    }
  }

  private static boolean pending(Draft draft, Task task) {
    return task.handle() != null
        && task.nonce() != null
        && draft.record(task).resource(task.nonce()) != null;
  }

  private static void decideRemoval(Draft draft, Task task) {
    StepRecord record = draft.record(task);
    RunRecord.Kind kind = draft.run().kind();
    OnDeprovision policy = record.policy().onDeprovision();
    if (task.goal() == Goal.REMOVE && policy == OnDeprovision.KEEP) {
      if (kind == RunRecord.Kind.PURGE) {
        draft.drop(task.step());
      }
      Ensuring.done(draft, task, "kept");
    } else if (task.goal() == Goal.REMOVE
        && policy == OnDeprovision.RETAIN
        && kind != RunRecord.Kind.PURGE) {
      Ensuring.done(draft, task, "retained");
    } else if (!record.deposed().isEmpty()) {
      begin(draft, task, Op.REMOVE, record.deposed().get(0));
    } else if (task.goal() == Goal.REMOVE && record.current() != null) {
      begin(draft, task, Op.REMOVE, record.current());
    } else if (task.goal() == Goal.REMOVE) {
      draft.drop(task.step());
      Ensuring.done(draft, task, task.result() == null ? "removed" : task.result());
    } else {
      Ensuring.done(draft, task, "replaced one removed");
    }
  }

  /** Begins an operation by looking. */
  static void begin(Draft draft, Task task, Op op, Resource resource) {
    Task begun = draft.putBriefly(task.begin(op, resource.nonce()));
    String work = work(begun, op);
    var progress = draft.progress();
    draft.mention(
        header -> new StepStarted(header, begun.step(), work, begun.failures() + 1, progress));
    draft.call(begun, Effect.Verb.FIND, resource);
  }

  private static String work(Task task, Op op) {
    if (task.goal() == Goal.UNDO) {
      return "undo";
    }
    return switch (op) {
      case MAKE -> task.before() == null ? "create" : "replace";
      case SETTLE -> "settle";
      default -> op.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Goes on with a task whose time has come, or whose handle was kept. */
  static void again(Draft draft, Task waited) {
    Task task = waited.unnoted();
    Resource resource = resource(draft, task);
    if (task.handle() != null) {
      Task polling = draft.putBriefly(task.phase(Phase.POLLING));
      boolean removal = task.op() == Op.REMOVE;
      draft.call(polling, removal ? Effect.Verb.POLL_REMOVAL : Effect.Verb.POLL, resource);
    } else if (task.op() != null) {
      begin(draft, task, task.op(), resource);
    }
  }

  private static Resource resource(Draft draft, Task task) {
    String nonce = task.nonce();
    Resource resource = nonce == null ? null : draft.record(task).resource(nonce);
    if (resource == null) {
      throw new IllegalStateException("task " + task.id() + " is on no recorded resource");
    }
    return resource;
  }

  static void remember(Draft draft, Input.Remembered remembered) {
    Task task = draft.task(remembered.task());
    if (task == null || !task.phase().calling() || task.nonce() == null) {
      throw new IllegalStateException("task " + remembered.task() + " makes no call");
    }
    StepRecord record = draft.record(task);
    draft.put(
        task.step(),
        record.with(resource(draft, task).remembering(remembered.key(), remembered.value())));
  }

  // ---- answers

  static void answered(Draft draft, Task task, Answer answer) {
    if (answer instanceof Answer.Threw threw) {
      threw(draft, task, threw);
    } else if (answer instanceof Answer.Pending pending) {
      pending(draft, task, pending.handle(), pending.pollAfter(), pending.waitingFor());
    } else if (answer instanceof Answer.Busy busy) {
      pending(draft, task, null, busy.lookAgainAfter(), busy.waitingFor());
    } else if (task.phase() == Phase.LOOKING) {
      found(draft, task, answer);
    } else {
      acted(draft, task, answer);
    }
  }

  private static void found(Draft draft, Task task, Answer answer) {
    Resource resource = resource(draft, task);
    if (answer instanceof Answer.InDoubt doubt) {
      fail(draft, task, inDoubt(task, resource, doubt));
      return;
    }
    Op op = task.op();
    if (op == null) {
      throw new IllegalStateException("task " + task.id() + " is in no operation");
    }
    switch (op) {
      case MAKE -> foundForMake(draft, task, resource, answer);
      case SETTLE -> foundForSettle(draft, task, resource, answer);
      case UPDATE -> foundForUpdate(draft, task, resource, answer);
      case REMOVE -> foundForRemove(draft, task, resource, answer);
    }
  }

  private static void foundForMake(Draft draft, Task task, Resource resource, Answer answer) {
    if (answer instanceof Answer.Ours ours) {
      made(draft, task, resource, ours.output());
    } else if (answer instanceof Answer.NotOurs notOurs) {
      fail(draft, task, inTheWay(task, resource, notOurs));
    } else if (answer instanceof Answer.Absent && resource.output() != null) {
      // It has gone; the next one will have another id.
      Resource again = resource.intendedFrom(resource.spec(), resource.fingerprint());
      draft.put(task.step(), draft.record(task).with(again));
      act(draft, task, Effect.Verb.PROVISION, again, null);
    } else {
      act(draft, task, Effect.Verb.PROVISION, resource, observed(answer));
    }
  }

  private static void foundForSettle(Draft draft, Task task, Resource resource, Answer answer) {
    StepRecord record = draft.record(task);
    if (answer instanceof Answer.Ours ours) {
      draft.put(task.step(), record.with(resource.made(ours.output())));
    } else if (answer instanceof Answer.Incomplete incomplete) {
      draft.put(task.step(), record.with(resource.partial(incomplete.observed())));
    } else {
      draft.put(task.step(), record.without(resource.nonce()));
    }
    Task settled = draft.putBriefly(task.advanced(null, null));
    draft.emit(new Effect.Evaluate(settled.id(), settled.step()));
  }

  private static void foundForUpdate(Draft draft, Task task, Resource resource, Answer answer) {
    if (answer instanceof Answer.NotOurs notOurs) {
      fail(draft, task, inTheWay(task, resource, notOurs));
    } else if (answer instanceof Answer.Absent) {
      JsonNode wanted = resource.wanted();
      String fingerprint = resource.wantedFingerprint();
      if (wanted == null || fingerprint == null) {
        throw new IllegalStateException("no update of " + resource.name() + " is recorded");
      }
      Resource again = resource.intendedFrom(wanted, fingerprint);
      draft.put(task.step(), draft.record(task).with(again));
      begin(draft, task.advanced(null, "it had vanished from the backend"), Op.MAKE, again);
    } else {
      act(draft, task, Effect.Verb.UPDATE, resource, observed(answer));
    }
  }

  private static void foundForRemove(Draft draft, Task task, Resource resource, Answer answer) {
    if (answer instanceof Answer.Absent) {
      gone(draft, task, resource);
    } else if (answer instanceof Answer.NotOurs notOurs) {
      if (resource.status() == Status.INTENDED) {
        gone(draft, task, resource); // ours was never made; what is there was not touched
      } else {
        fail(draft, task, inTheWay(task, resource, notOurs));
      }
    } else {
      act(draft, task, Effect.Verb.DEPROVISION, resource, observed(answer));
    }
  }

  private static @Nullable JsonNode observed(Answer answer) {
    if (answer instanceof Answer.Ours ours) {
      return ours.output();
    }
    return answer instanceof Answer.Incomplete incomplete ? incomplete.observed() : null;
  }

  private static void act(
      Draft draft, Task task, Effect.Verb verb, Resource resource, @Nullable JsonNode observed) {
    if (Scheduling.stopsEarly(draft)) {
      draft.put(task.stopped("the run stops"));
      return;
    }
    Task acting = draft.putBriefly(task.phase(Phase.ACTING));
    draft.call(acting, verb, resource, observed);
  }

  private static void acted(Draft draft, Task task, Answer answer) {
    Resource resource = resource(draft, task);
    if (answer instanceof Answer.Gone) {
      gone(draft, task, resource);
    } else if (answer instanceof Answer.Made made) {
      made(draft, task, resource, made.output());
    } else {
      throw new IllegalStateException("unexpected " + answer + " for " + task.id());
    }
  }

  private static void made(Draft draft, Task task, Resource resource, JsonNode output) {
    boolean update = task.op() == Op.UPDATE;
    Resource made = update ? resource.updated(output) : resource.made(output);
    draft.put(task.step(), draft.record(task).with(made));
    String result = result(task, made, update);
    if (task.goal() == Goal.UNDO) {
      Ensuring.decideUndo(draft, draft.putBriefly(task.advanced(result, null)));
    } else {
      Ensuring.complete(draft, task, result);
    }
  }

  private static String result(Task task, Resource made, boolean update) {
    if (update) {
      return "updated";
    }
    if (RESTORED.equals(task.result())) {
      return RESTORED;
    }
    Resource before = task.before();
    if (before == null || before.status() == Status.INTENDED) {
      return "created";
    }
    return before.nonce().equals(made.nonce()) ? "made again" : "replaced";
  }

  private static void gone(Draft draft, Task task, Resource resource) {
    draft.put(task.step(), draft.record(task).without(resource.nonce()));
    Task advanced = draft.putBriefly(task.advanced("removed", null));
    switch (task.goal()) {
      case ENSURE -> draft.emit(new Effect.Evaluate(task.id(), task.step()));
      case UNDO -> Ensuring.decideUndo(draft, advanced);
      case REMOVE, DISCARD -> decideRemoval(draft, advanced);
    }
  }

  /** Puts a task off until the backend is asked again: about a handle, or by looking. */
  private static void pending(
      Draft draft, Task task, @Nullable String handle, Duration after, String waitingFor) {
    Instant due = draft.now().plus(after);
    Task waiting = task.waiting(handle, due, waitingFor);
    if (Scheduling.stopsEarly(draft)) {
      draft.put(waiting.stopped("the run stops"));
      return;
    }
    draft.put(waiting);
    draft.tell(header -> new StepWaiting(header, task.step(), waitingFor, due));
  }

  // ---- failures

  private static void threw(Draft draft, Task task, Answer.Threw threw) {
    Retry retry = draft.record(task).policy().retry();
    int failed = task.failures() + 1;
    Failure failure =
        new Failure(threw.type(), threw.message(), task.step(), failed + "/" + retry.maxAttempts());
    Instant limit = Timers.limit(draft.base(), draft.step(task.step()), task);
    if (Scheduling.stopsEarly(draft)) {
      draft.put(task.retrying(draft.now(), failure).stopped("the run stops"));
    } else if (threw.type() != Failure.Type.TRANSIENT && threw.type() != Failure.Type.AMBIGUOUS) {
      fail(draft, task, failure);
    } else if (limit != null && !draft.now().isBefore(limit)) {
      fail(draft, task, Timers.timedOut(draft.step(task.step()), task.retrying(limit, failure)));
    } else if (failed >= retry.maxAttempts()) {
      fail(draft, task, failure);
    } else {
      retry(draft, task, failure, failed, retry, threw.retryAfter());
    }
  }

  private static void retry(
      Draft draft,
      Task task,
      Failure failure,
      int failed,
      Retry retry,
      @Nullable Duration retryAfter) {
    Duration wait = retry.waitAfter(failed, draft.random());
    Duration chosen = retryAfter != null && retryAfter.compareTo(wait) > 0 ? retryAfter : wait;
    draft.put(task.retrying(draft.now().plus(chosen), failure));
    draft.tell(
        header ->
            new StepRetrying(
                header, task.step(), failed, retry.maxAttempts(), chosen, failure.message()));
  }

  /** Fails a task for good in this run, and so the run. */
  static void fail(Draft draft, Task task, Failure failure) {
    draft.put(task.failed(failure, draft.now()));
    draft.failRun(failure);
    Duration took = draft.since(task.startedAt());
    draft.tell(header -> new StepFailed(header, task.step(), failure.message(), took));
  }

  private static Failure inTheWay(Task task, Resource resource, Answer.NotOurs notOurs) {
    return new Failure(
        Failure.Type.REFUSED,
        "'"
            + resource.name()
            + "' ("
            + resource.provisioner()
            + ") exists and is not ours: "
            + notOurs.description()
            + ". It was not touched. Remove or rename it, or change the spec, then resume the run.",
        task.step(),
        null);
  }

  private static Failure inDoubt(Task task, Resource resource, Answer.InDoubt doubt) {
    return new Failure(
        Failure.Type.IN_DOUBT,
        "Nobody can tell whether '"
            + resource.name()
            + "' ("
            + resource.provisioner()
            + ") is ours: "
            + doubt.reason()
            + ". Nothing was touched. Look at the backend, then resume the run.",
        task.step(),
        null);
  }
}
