package dev.provisioner.samples.quickstart;

import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ends this process without any farewell in the middle of a step: no hook runs, nothing is closed,
 * just as if the power had failed. In a Terraform stack that is when the first of its resources has
 * been made; Terraform itself is not told, and goes on.
 */
final class CrashPoint implements EventListener, Consumer<Attempt> {
  static final int EXIT_CODE = 137;

  private final Optional<String> step;

  CrashPoint(Optional<String> step) {
    this.step = step;
  }

  /** Refuses a step that the plan does not have. */
  void requireStepOf(Plan<?> plan) {
    List<String> names = plan.fixedSteps().stream().map(Step::name).toList();
    if (step.isPresent() && !names.contains(step.get())) {
      throw new UsageException(
          "--crash-at: there is no step '"
              + step.get()
              + "', but "
              + String.join(", ", names)
              + ".");
    }
  }

  /** Is called by our own provisioners in the middle of their work. */
  @Override
  public void accept(Attempt attempt) {
    reached(attempt.step(), attempt.tenant().toString(), "");
  }

  @Override
  public void on(ProvisioningEvent event) {
    if (event instanceof StepProgressed progressed) {
      reached(progressed.step(), event.header().tenant().toString(), progressed.describe());
    } else if (event instanceof StepWaiting waiting) {
      reached(waiting.step(), event.header().tenant().toString(), waiting.describe());
    }
  }

  /** The sign is told here, for nobody else may have had the time to show it. */
  private void reached(String reached, String tenant, String sign) {
    if (step.isPresent() && step.get().equals(reached)) {
      System.out.printf(
          "%n%nCRASH   in the middle of step '%s' of tenant %s: this process is halted.%n%s"
              + "        Run the sample again, without --crash-at, to go on.%n",
          reached, tenant, sign.isEmpty() ? "" : "        " + sign + "%n".formatted());
      System.out.flush();
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
