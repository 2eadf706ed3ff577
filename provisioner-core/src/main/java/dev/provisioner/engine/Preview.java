package dev.provisioner.engine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a provision run would do, worked out from what is recorded. Nothing was called, written or
 * touched to find out.
 *
 * @param steps the plan's steps in order, then those that would be removed
 */
public record Preview(List<StepPreview> steps) {

  /** What would happen to a step. */
  public enum Change {
    /** It would be made. */
    CREATE,
    /** It would be changed in place. */
    UPDATE,
    /** It would be made anew and the old one removed. */
    REPLACE,
    /** It would be removed. */
    REMOVE,
    /** It would leave the plan; its policy keeps what it made. */
    RETAIN,
    /** Nothing would happen. */
    UNCHANGED,
    /** The tenant does not want it. */
    SKIPPED,
    /** What it would be depends on the output of a step that is yet to be made or changed. */
    KNOWN_AFTER,
    /** The provisioner refuses the change, or the spec cannot be computed: the run would fail. */
    REFUSED
  }

  /**
   * What would happen to one step.
   *
   * @param step the step's name
   * @param change what would happen
   * @param exists whether something is recorded of it now
   * @param detail the step it is known after, or why; null if there is nothing to say
   */
  public record StepPreview(String step, Change change, boolean exists, @Nullable String detail) {

    @Override
    public String toString() {
      String name = change.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      return String.format("%-12s %s%s", name, step, detail == null ? "" : " (" + detail + ")");
    }
  }

  /** Copies the steps. */
  public Preview {
    steps = List.copyOf(steps);
  }

  /** Returns whether a run would change anything. */
  public boolean changes() {
    return steps.stream()
        .anyMatch(
            step ->
                step.change() != Change.UNCHANGED
                    && step.change() != Change.SKIPPED
                    && step.change() != Change.RETAIN);
  }

  /** Returns what would happen to a step, if the preview has it. */
  public Optional<StepPreview> step(String name) {
    return steps.stream().filter(step -> step.step().equals(name)).findFirst();
  }

  /** Tells the preview for people, a line per step. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    steps.forEach(step -> text.append(step).append('\n'));
    return text.toString();
  }
}
