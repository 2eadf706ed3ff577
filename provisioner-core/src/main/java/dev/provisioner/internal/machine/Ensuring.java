package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.Resource.Status;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.internal.document.Task.Op;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.spi.Change;
import dev.provisioner.tenant.NameRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides how a step gets from what stands to what is wanted, or back to what stood before. */
public final class Ensuring {
  /** The result of a step whose resource had to be made again to undo the run. */
  public static final String MADE_AGAIN = "made again; what it held is lost";

  private Ensuring() {}

  // ---- forward

  static void decide(Draft draft, Task task, Wanted wanted) {
    if (wanted instanceof Wanted.Spec spec) {
      decide(draft, task, spec);
    } else if (wanted instanceof Wanted.Skip skip) {
      skip(draft, task, skip);
    } else if (wanted instanceof Wanted.Broken broken) {
      Operations.fail(
          draft, task, new Failure(Failure.Type.PERMANENT, broken.error(), task.step(), null));
    }
  }

  private static void decide(Draft draft, Task task, Wanted.Spec wanted) {
    StepRecord record = draft.record(task);
    Resource current = record.current();
    Resource blocking =
        record.deposed().stream().filter(Resource::blocking).findFirst().orElse(null);
    Resource replaced = replaced(record, wanted);
    if (replaced != null) {
      takeUpAgain(draft, task, replaced);
    } else if (blocking != null) {
      Operations.begin(draft, task, Op.REMOVE, blocking);
    } else if (current == null) {
      intend(draft, task, wanted);
    } else if (!current.provisioner().equals(wanted.provisioner())) {
      replaceByOtherKind(draft, task, wanted, current);
    } else if (current.status() == Status.MADE
        && current.wanted() == null
        && current.fingerprint().equals(wanted.fingerprint())) {
      complete(draft, task, task.result() == null ? "unchanged" : task.result());
    } else if (current.status() != Status.MADE
        && current.wanted() == null
        && current.fingerprint().equals(wanted.fingerprint())) {
      Operations.begin(draft, task, Op.MAKE, current);
    } else if (current.status() == Status.INTENDED) {
      Operations.begin(draft, task, Op.SETTLE, current);
    } else {
      draft.putBriefly(task);
      draft.emit(new Effect.Compare(task.id(), current, wanted));
    }
  }

  /**
   * Returns what a broken-off replacement was to replace, if that is what is wanted again: the
   * change was taken back.
   */
  public static @Nullable Resource replaced(StepRecord record, Wanted.Spec wanted) {
    Resource current = record.current();
    if (current != null
        && current.provisioner().equals(wanted.provisioner())
        && current.fingerprint().equals(wanted.fingerprint())) {
      return null;
    }
    return record.deposed().stream()
        .filter(deposed -> deposed.provisioner().equals(wanted.provisioner()))
        .filter(deposed -> deposed.fingerprint().equals(wanted.fingerprint()))
        .reduce((older, newer) -> newer)
        .orElse(null);
  }

  /** Its removal may have begun: whether it is still there is asked first. */
  private static void takeUpAgain(Draft draft, Task task, Resource replaced) {
    StepRecord without = draft.record(task).without(replaced.nonce());
    StepRecord aside = without.current() == null ? without : without.depose(false);
    Resource again = replaced.intendedFrom(replaced.spec(), replaced.fingerprint());
    draft.put(task.step(), aside.current(again));
    Operations.begin(draft, task.advanced(Operations.RESTORED, null), Op.MAKE, again);
  }

  private static void intend(Draft draft, Task task, Wanted.Spec wanted) {
    StepRecord record = draft.record(task);
    int generation = record.deposed().stream().mapToInt(Resource::generation).max().orElse(-1) + 1;
    if (task.before() != null && record.deposed().isEmpty()) {
      generation = task.before().generation();
    }
    Resource intended =
        Resource.intended(
            wanted.provisioner(),
            draft.name(record, generation, wanted),
            generation,
            draft.nonce(),
            wanted.json(),
            wanted.fingerprint());
    draft.put(task.step(), record.current(intended));
    Operations.begin(draft, task, Op.MAKE, intended);
  }

  private static void replaceByOtherKind(
      Draft draft, Task task, Wanted.Spec wanted, Resource current) {
    draft.put(task.step(), draft.record(task).depose(false));
    intend(draft, task, wanted);
  }

  private static void skip(Draft draft, Task task, Wanted.Skip skip) {
    StepRecord record = draft.record(task);
    if (!record.empty() && record.policy().onDeprovision() == OnDeprovision.DELETE) {
      Task removal = Task.of(task.step(), Goal.REMOVE, List.of(), null);
      if (draft.task(removal.id()) == null) {
        draft.putBriefly(removal);
      }
    }
    done(draft, task, "skipped");
  }

  static void change(Draft draft, Task task, Change change, Wanted.Spec wanted) {
    Resource current = draft.record(task).current();
    if (current == null) {
      throw new IllegalStateException("nothing to change in step " + task.step());
    }
    if (task.goal() == Goal.UNDO && !(change instanceof Change.Update)) {
      cannotUndo(draft, task, change);
    } else if (change instanceof Change.Update) {
      Resource updating = current.updating(wanted.json(), wanted.fingerprint());
      draft.put(task.step(), draft.record(task).current(updating));
      Operations.begin(draft, task, Op.UPDATE, updating);
    } else if (change instanceof Change.Replace) {
      draft.put(task.step(), draft.record(task).depose(false));
      intend(draft, task, wanted);
    } else if (change instanceof Change.RemoveThenCreate remove
        && draft.record(task).policy().onDeprovision() != OnDeprovision.DELETE) {
      Operations.fail(draft, task, mustStay(draft.record(task), task, remove));
    } else if (change instanceof Change.RemoveThenCreate) {
      StepRecord deposed = draft.record(task).depose(true);
      draft.put(task.step(), deposed);
      Operations.begin(draft, task, Op.REMOVE, deposed.deposed().get(deposed.deposed().size() - 1));
    } else if (change instanceof Change.Refused refused) {
      Operations.fail(
          draft, task, new Failure(Failure.Type.PERMANENT, refused.reason(), task.step(), null));
    }
  }

  private static Failure mustStay(StepRecord record, Task task, Change.RemoveThenCreate remove) {
    return new Failure(
        Failure.Type.PERMANENT,
        "The change needs the resource to be removed first ("
            + remove.reason()
            + "), but the step's policy is "
            + record.policy().onDeprovision()
            + ". Nothing was touched. Take the change back, or give the step the policy DELETE.",
        task.step(),
        null);
  }

  // ---- back

  static void decideUndo(Draft draft, Task task) {
    StepRecord record = draft.record(task);
    Resource before = task.before();
    Resource current = record.current();
    if (before == null || (before.status() == Status.INTENDED && record.deposed().isEmpty())) {
      if (current != null) {
        Operations.begin(draft, task, Op.REMOVE, current);
      } else if (record.deposed().isEmpty()) {
        draft.drop(task.step());
        done(draft, task, "undone");
      } else {
        Operations.begin(draft, task, Op.REMOVE, record.deposed().get(0));
      }
    } else if (current != null && current.nonce().equals(before.nonce())) {
      undoChange(draft, task, current, before);
    } else if (current != null && !fromBefore(current, before)) {
      Operations.begin(draft, task, Op.REMOVE, current);
    } else if (record.resource(before.nonce()) != null && current == null) {
      restore(draft, task, record, before);
    } else {
      remake(draft, task, record, before, current);
    }
  }

  private static void undoChange(Draft draft, Task task, Resource current, Resource before) {
    boolean same =
        current.wanted() == null
            && current.fingerprint().equals(before.fingerprint())
            && (current.status() == before.status() || current.status() == Status.MADE);
    if (same) {
      done(draft, task, task.result() == null ? "unchanged" : "undone");
    } else if (current.status() == Status.INTENDED && before.status() == Status.MADE) {
      Operations.begin(draft, task, Op.MAKE, intendBefore(draft, task, current, before));
    } else {
      draft.putBriefly(task);
      draft.emit(new Effect.Compare(task.id(), current, specOf(before)));
    }
  }

  private static Resource intendBefore(Draft draft, Task task, Resource current, Resource before) {
    Resource intended = current.intendedFrom(before.spec(), before.fingerprint());
    draft.put(task.step(), draft.record(task).current(intended));
    return intended;
  }

  /** The one that was replaced is still there: it takes its place again. */
  private static void restore(Draft draft, Task task, StepRecord record, Resource before) {
    Resource aside = record.resource(before.nonce());
    if (aside != null && aside.blocking()) {
      // its removal had begun: whether it is still there must be asked
      Resource intended = aside.intendedFrom(before.spec(), before.fingerprint());
      draft.put(task.step(), record.without(before.nonce()).current(intended));
      Operations.begin(draft, task, Op.MAKE, intended);
      return;
    }
    draft.put(task.step(), record.without(before.nonce()).current(before));
    done(draft, task, "undone");
  }

  private static boolean fromBefore(Resource current, Resource before) {
    return current.fingerprint().equals(before.fingerprint())
        && current.provisioner().equals(before.provisioner());
  }

  /** The one that was replaced is gone: it is made again from its recorded spec. */
  private static void remake(
      Draft draft, Task task, StepRecord record, Resource before, @Nullable Resource current) {
    Resource again = current;
    if (again == null) {
      again =
          Resource.intended(
              before.provisioner(),
              before.name(),
              before.generation(),
              draft.nonce(),
              before.spec(),
              before.fingerprint());
      draft.put(task.step(), record.current(again));
    }
    if (again.status() == Status.MADE) {
      done(draft, task, MADE_AGAIN);
    } else {
      Operations.begin(draft, task, Op.MAKE, again);
    }
  }

  private static void cannotUndo(Draft draft, Task task, Change change) {
    String reason =
        change instanceof Change.Refused refused ? refused.reason() : "it would be replaced";
    Operations.fail(
        draft,
        task,
        new Failure(
            Failure.Type.PERMANENT,
            "The change cannot be taken back in place ("
                + reason
                + "); the step stands as this run left it. Provision again with the input that is"
                + " wanted.",
            task.step(),
            null));
  }

  private static Wanted.Spec specOf(Resource before) {
    JsonNode json = before.spec();
    return new Wanted.Spec(
        before.provisioner(), NameRule.hyphenated(63), json, before.fingerprint(), 0);
  }

  // ---- done

  /**
   * Ends an ensured step: its edges are recorded, what it replaced is left to be discarded, or kept
   * as the step's policy says.
   */
  static void complete(Draft draft, Task task, String result) {
    StepRecord record = draft.record(task);
    if (!record.dependsOn().equals(task.waitsFor())) {
      draft.put(task.step(), record.planned(task.waitsFor(), record.policy()));
    }
    OnDeprovision policy = record.policy().onDeprovision();
    if (!record.deposed().isEmpty()
        && policy == OnDeprovision.DELETE
        && draft.task(task.step(), Goal.DISCARD) == null) {
      draft.putBriefly(Task.of(task.step(), Goal.DISCARD, List.of(), null));
    }
    done(draft, task, result);
  }

  static void done(Draft draft, Task task, String result) {
    draft.put(task.done(result, draft.now()));
    Duration took = draft.since(task.startedAt());
    if (!result.equals("unchanged") && !result.equals("skipped")) {
      var progress = draft.progress();
      draft.tell(header -> new StepDone(header, task.step(), result, took, progress));
    }
  }
}
