package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.RemovalOptions;
import dev.provisioner.engine.Run;
import dev.provisioner.engine.SealedInput;
import dev.provisioner.engine.Ticket;
import dev.provisioner.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a job beyond what hosts see.
 *
 * @param position by which the scheduler knows it
 * @param inTurn whether it is its turn among those of its lane
 * @param ticket the number it was given with its turn; 0 before
 * @param cancelled whether somebody asked for that
 * @param input null for a removal, and once it has ended
 * @param fingerprint of the input, or null
 * @param retention of what is deprovisioned; null for the engine's
 */
record Entry(
    Job job,
    long position,
    boolean inTurn,
    long ticket,
    boolean cancelled,
    @Nullable SealedInput input,
    @Nullable String fingerprint,
    @Nullable Duration retention) {

  Lane lane() {
    return new Lane(job.plan(), job.tenant());
  }

  /** Returns the job's plan, or empty if the engine does not know it. */
  Optional<Plan<?>> plan(ProvisioningEngine engine) {
    return engine.plans().stream().filter(plan -> plan.name().equals(job.plan())).findFirst();
  }

  /** Returns the job's run, or empty if none is known. */
  Optional<Run> run(ProvisioningEngine engine) {
    String id = job.run() == null ? job.id() : job.run();
    return plan(engine).flatMap(plan -> engine.run(plan, job.tenant(), id));
  }

  ProvisionOptions provisionOptions() {
    return new ProvisionOptions(WhenRunning.REFUSE, asTicket(), job.by());
  }

  RemovalOptions removalOptions() {
    return new RemovalOptions(retention, asTicket(), job.by());
  }

  private Ticket asTicket() {
    return new Ticket(job.id(), ticket);
  }
}
