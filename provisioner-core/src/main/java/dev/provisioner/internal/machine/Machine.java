package dev.provisioner.internal.machine;

import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Task;
import java.util.List;

/**
 * The engine's heart: a pure function from a document and what happened to the next document and
 * what is to be done. No threads, clocks, chance or I/O; the {@link Moment} brings what it needs of
 * them. Simulated exactly in tests, read like a table by people.
 *
 * <p>The rule that carries the guarantees: the returned effects may be carried out only after the
 * returned document is recorded, unless the transition says that it need not be.
 */
public final class Machine {
  private Machine() {}

  /**
   * What comes of applying inputs.
   *
   * @param durable whether the document must be recorded before the effects are carried out; if
   *     not, a crash loses nothing but the knowledge of how far a call was, which is asked again
   */
  public record Transition(Document document, List<Effect> effects, boolean durable) {}

  /** Applies inputs, in order. */
  public static Transition apply(Document document, List<? extends Input> inputs, Moment moment) {
    Draft draft = new Draft(document, moment);
    for (Input input : inputs) {
      accept(draft, input);
    }
    Scheduling.settle(draft);
    return draft.transition();
  }

  private static void accept(Draft draft, Input input) {
    if (input instanceof Input.Begin begin) {
      Beginning.begin(draft, begin);
    } else if (input instanceof Input.Decline decline) {
      Beginning.decline(draft, decline);
    } else if (input instanceof Input.Resume) {
      Beginning.resume(draft);
    } else if (input instanceof Input.Delivered delivered) {
      draft.delivered(delivered.delivery());
    } else if (draft.underWay()) {
      acceptInRun(draft, input);
    }
  }

  private static void acceptInRun(Draft draft, Input input) {
    if (input instanceof Input.Recover) {
      Beginning.recover(draft);
    } else if (input instanceof Input.Cancel) {
      cancel(draft);
    } else if (input instanceof Input.Tick) {
      Timers.tick(draft);
    } else if (input instanceof Input.Evaluated evaluated) {
      Task task = draft.task(evaluated.task());
      if (task != null && task.phase() == Task.Phase.DECIDING) {
        Ensuring.decide(draft, task, evaluated.wanted());
      }
    } else if (input instanceof Input.Compared compared) {
      Task task = draft.task(compared.task());
      if (task != null && task.phase() == Task.Phase.DECIDING) {
        Ensuring.change(draft, task, compared.change(), compared.wanted());
      }
    } else if (input instanceof Input.Answered answered) {
      Task task = draft.task(answered.task());
      if (task != null && task.phase().calling()) {
        Operations.answered(draft, task, answered.answer());
      }
    } else if (input instanceof Input.Remembered remembered) {
      Operations.remember(draft, remembered);
    }
  }

  private static void cancel(Draft draft) {
    RunRecord run = draft.run();
    if (run.stopping() || draft.rollingBack()) {
      draft.signals(draft.signals().cancel(null)); // left as it is; nobody need look again
      return;
    }
    draft.run(edit -> edit.stopping(true).cancelled(true));
  }
}
