package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.event.DurableListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Durable listeners that are slow, on real threads. */
@Timeout(60)
final class SlowListenerTest {
  @RegisterExtension final Lab lab = new Lab();
  private final List<ProvisioningEvent> taken = new CopyOnWriteArrayList<>();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources).from(tenant -> FakeSpec.empty());
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a);

  private ProvisioningEngine engine(DurableListener listener) {
    return lab.start(lab.builder(plan).durableListener("audit", listener));
  }

  private boolean endTaken(TenantId tenant) {
    return taken.stream()
        .anyMatch(event -> event instanceof RunEnded && event.header().tenant().equals(tenant));
  }

  @Test
  void aCallThatHangsHoldsUpItsTenantAlone() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    ProvisioningEngine engine =
        engine(
            events -> {
              if (events.get(0).header().tenant().equals(ACME)) {
                hanging.await();
              }
              taken.addAll(events);
            });
    succeeded(engine.provision(plan, ACME, Wish.none()));
    for (int i = 0; i < 20; i++) {
      TenantId other = TenantId.of("other-" + i);
      succeeded(engine.provision(plan, other, Wish.none()));
      Lab.await(() -> endTaken(other));
    }
    assertThat(endTaken(ACME)).isFalse();
    assertThat(engine.status(plan, ACME).orElseThrow().undelivered()).isPositive();
    hanging.countDown();
    Lab.await(() -> endTaken(ACME));
    Lab.await(() -> engine.status(plan, ACME).orElseThrow().undelivered() == 0);
  }

  @Test
  void aClosedEngineHasWaitedForWhatIsBeingTold() throws Exception {
    ProvisioningEngine engine =
        engine(
            events -> {
              Thread.sleep(300);
              taken.addAll(events);
            });
    succeeded(engine.provision(plan, ACME, Wish.none()));
    engine.close();
    assertThat(endTaken(ACME)).isTrue();
    assertThat(lab.json("plan")).as("what was taken has left").doesNotContain("outbox");
  }
}
