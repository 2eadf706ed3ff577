package dev.provisioner.event;

import java.util.List;

/**
 * How far a run is.
 *
 * @param current the steps it works on now, or that wait for a timer, in the plan's order; of more
 *     than {@value #MOST_NAMED} only the first; none are named to a {@link DurableListener}
 * @param completed pieces of work that are done; a step is one, a removal is one
 * @param total pieces of work in all, as far as is known; it may grow when a replacement adds a
 *     removal
 */
public record Progress(List<String> current, int completed, int total) {

  /** How many steps are named at most. */
  public static final int MOST_NAMED = 20;

  /** Copies the steps. */
  public Progress {
    current = List.copyOf(current);
  }

  /** Returns how far the run is, 0 to 100. */
  public int percent() {
    return total == 0 ? 100 : (int) (100L * completed / total);
  }
}
