package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.await;

import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an engine takes up what is due. */
final class SweepTest {
  private static final int TENANTS = 600;
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final Lab lab = new Lab();
  private final Step<Wish, Opened> pause =
      Step.named("pause", Gates.timer(lab.clock)).from(tenant -> Pause.of(DAY));
  private final Plan<Wish> plan = Plan.of("timed", Wish.class, pause);

  @Test
  void moreThanOneSweepFindsIsGoneOnWithBeforeTheNextInterval() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    for (int i = 0; i < TENANTS; i++) {
      engine.provision(plan, TenantId.of("tenant-" + i), Wish.none());
    }
    await(() -> lab.memory.due("test", lab.clock.instant().plus(DAY.dividedBy(2)), 1).isEmpty());
    lab.close();
    lab.clock.advance(DAY);

    lab.start(lab.builder(plan).sweepInterval(Duration.ofHours(1)));

    Query succeeded = new Query("test", "timed", null, RunStatus.SUCCEEDED);
    await(() -> lab.memory.list(succeeded, null, 10_000).documents().size() == TENANTS);
  }
}
