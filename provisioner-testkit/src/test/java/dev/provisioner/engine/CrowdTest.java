package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many engines and tenants at once on real threads, some of the engines closed meanwhile. */
@Timeout(60)
final class CrowdTest {
  record Wish(String size) {}

  private static final int ENGINES = 8;
  private static final int TENANTS = 200;
  private static final long SEED = 99;
  private static final Wish WISH = new Wish("s");

  private final FakeCloud cloud = new FakeCloud(Faults.random(SEED, 0.05));
  private final StateStore store = MemoryStateStore.create();

  private Plan<Wish> plan() {
    FakeResources resources = FakeResources.on(cloud);
    Retry retry = Retry.atMost(30).backoff(Duration.ofMillis(1), Duration.ofMillis(5));
    Step<Wish, FakeResource> one =
        Step.named("one", resources)
            .retry(retry)
            .from(tenant -> FakeSpec.of("size", tenant.input().size()).with("b", "c"));
    Step<Wish, FakeResource> two =
        Step.named("two", resources).retry(retry).from(one, (tenant, o) -> FakeSpec.of("a", "b"));
    return Plan.of("crowd", Wish.class, one, two);
  }

  @Test
  void everyRunEndsOnceAndNothingIsDoneTwice() throws Exception {
    List<Plan<Wish>> plans = new ArrayList<>();
    List<ProvisioningEngine> engines = new ArrayList<>();
    for (int i = 0; i < ENGINES; i++) {
      Plan<Wish> plan = plan();
      plans.add(plan);
      engines.add(
          ProvisioningEngine.builder(store)
              .installation("test")
              .plans(plan)
              .sweepInterval(Duration.ofMillis(50))
              .build());
    }
    ExecutorService hosts = Executors.newFixedThreadPool(ENGINES);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < ENGINES; i++) {
      int at = i;
      done.add(hosts.submit(() -> host(engines.get(at), plans.get(at), at)));
    }
    for (Future<?> each : done) {
      each.get();
    }
    hosts.shutdown();
    for (ProvisioningEngine engine : engines) {
      engine.close(Duration.ofSeconds(5));
    }

    assertThat(cloud.existing()).hasSize(TENANTS * 2);
    cloud
        .existing()
        .forEach(each -> assertThat(cloud.created(each.name())).as("seed " + SEED).isEqualTo(1));
    assertThat(cloud.duplicates()).isEmpty();
    assertThat(cloud.inFlight().overlaps()).isEmpty();
    assertThat(store.due("test", java.time.Instant.MAX, 10)).isEmpty();
  }

  /** Asks for all tenants in an order of its own; half of the engines are closed half-way. */
  private Void host(ProvisioningEngine engine, Plan<Wish> plan, int number) throws Exception {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < TENANTS; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(SEED + number));
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < TENANTS; i++) {
      if (number % 2 == 1 && i == TENANTS / 2) {
        engine.close(Duration.ofMillis(number));
        return null;
      }
      runs.add(engine.provision(plan, TenantId.of("tenant-" + order.get(i)), WISH));
    }
    for (Run run : runs) {
      assertThat(run.await(Duration.ofSeconds(40))).isInstanceOf(Outcome.Succeeded.class);
    }
    return null;
  }
}
