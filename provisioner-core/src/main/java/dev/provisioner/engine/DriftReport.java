package dev.provisioner.engine;

import java.util.List;

/**
 * How the backends differ from what is recorded. Finding out changed nothing, neither there nor
 * here.
 *
 * @param steps the steps that have a recorded resource
 */
public record DriftReport(List<StepDrift> steps) {

  /** What was found of a step's resource. */
  public enum Finding {
    /** It is as recorded. */
    IN_SYNC,
    /** It is gone. */
    MISSING,
    /** It is there and ours, but differs. */
    CHANGED,
    /** Something is there that is not ours. */
    NOT_OURS,
    /** The backend could not tell, or did not answer. */
    UNKNOWN
  }

  /**
   * What was found of one step's resource.
   *
   * @param step the step's name
   * @param finding what was found
   * @param details what differs, or why it is not known; for people, without secrets
   */
  public record StepDrift(String step, Finding finding, List<String> details) {
    /** Copies the details. */
    public StepDrift {
      details = List.copyOf(details);
    }

    @Override
    public String toString() {
      String name = finding.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      return String.format("%-9s %s%s", name, step, details.isEmpty() ? "" : ": " + details);
    }
  }

  /** Copies the steps. */
  public DriftReport {
    steps = List.copyOf(steps);
  }

  /** Returns whether anything is not as recorded, or could not be found out. */
  public boolean drifted() {
    return steps.stream().anyMatch(step -> step.finding() != Finding.IN_SYNC);
  }

  /** Tells the report for people, a line per step. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    steps.forEach(step -> text.append(step).append('\n'));
    return text.toString();
  }
}
