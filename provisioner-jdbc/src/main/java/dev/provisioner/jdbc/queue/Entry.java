package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.engine.RemovalOptions;
import dev.provisioner.engine.SealedInput;
import dev.provisioner.engine.Ticket;
import java.time.Duration;
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
