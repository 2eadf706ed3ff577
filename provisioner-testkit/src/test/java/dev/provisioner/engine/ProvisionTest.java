package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CrashingStateStore;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ProvisionTest {
  record Signup(String region, boolean analytics) {}

  private static final TenantId ACME = TenantId.of("acme");

  private final FakeCloud cloud = new FakeCloud();
  private final FakeResources resources = FakeResources.on(cloud);
  private final CrashingStateStore store = CrashingStateStore.around(MemoryStateStore.create());

  private final Step<Signup, FakeResource> network =
      Step.named("network", resources)
          .from(tenant -> FakeSpec.of("region", tenant.input().region()));
  private final Step<Signup, FakeResource> bucket =
      Step.named("bucket", resources).from(network, (tenant, net) -> FakeSpec.of("net", net.id()));
  private final Step<Signup, FakeResource> role =
      Step.named("role", resources).from(network, (tenant, net) -> FakeSpec.of("net", net.id()));
  private final Step<Signup, FakeResource> sync =
      Step.named("sync", resources)
          .from(bucket, role, (tenant, b, r) -> FakeSpec.of("bucket", b.id()).with("role", r.id()))
          .onlyIf(tenant -> tenant.input().analytics());
  private final Plan<Signup> plan =
      Plan.of("onboarding", Signup.class, network, bucket, role, sync);

  private final ProvisioningEngine engine =
      ProvisioningEngine.builder(store).installation("test").plans(plan).build();

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void provisionsADiamondOnceAndThenHasNothingToDo() throws Exception {
    Run run = engine.provision(plan, ACME, new Signup("eu", true));
    Outcome outcome = run.await(Duration.ofSeconds(10));

    System.out.println(run.report());
    assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    assertThat(((Outcome.Succeeded) outcome).output(sync).attributes()).containsKey("bucket");
    assertThat(cloud.existing()).hasSize(4);

    int writes = store.writes();
    int calls = cloud.calls().size();
    Run again = engine.provision(plan, ACME, new Signup("eu", true));
    assertThat(again.await(Duration.ofSeconds(10))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(store.writes()).isEqualTo(writes);
    assertThat(cloud.calls()).hasSize(calls);
    System.out.println(writes + " writes, " + calls + " calls");
  }

  @Test
  void updatesReplacesAndRemovesWhatTheDescriptionChanges() throws Exception {
    engine.provision(plan, ACME, new Signup("eu", true)).await(Duration.ofSeconds(10));

    System.out.println(engine.preview(plan, ACME, new Signup("us", false)));
    Run run = engine.provision(plan, ACME, new Signup("us", false));
    Outcome outcome = run.await(Duration.ofSeconds(10));
    System.out.println(run.report());
    assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    assertThat(cloud.existing()).hasSize(3);

    System.out.println(engine.drift(plan, ACME));
    Run gone = engine.deprovision(plan, ACME);
    assertThat(gone.await(Duration.ofSeconds(10))).isInstanceOf(Outcome.Succeeded.class);
    System.out.println(gone.report());
    assertThat(cloud.existing()).isEmpty();
    Run purged = engine.purge(plan, ACME);
    assertThat(purged.await(Duration.ofSeconds(10))).isInstanceOf(Outcome.Succeeded.class);
    System.out.println(purged.report());
  }
}
