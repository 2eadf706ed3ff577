package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a preview says, and that the run then does just that. */
final class PreviewTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources =
      FakeResources.builder(lab.cloud)
          .replaces("zone")
          .recreates("engine")
          .refuses("region")
          .build();
  private final Step<Wish, FakeResource> network = step("network", OnDeprovision.DELETE);
  private final Step<Wish, FakeResource> bucket =
      Step.named("bucket", resources).from(network, (tenant, net) -> FakeSpec.of("net", net.id()));
  private final Step<Wish, FakeResource> role =
      Step.named("role", resources)
          .from(Wish.class, tenant -> FakeSpec.empty())
          .onlyIf(tenant -> tenant.input().has("role"));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, network, bucket, role);

  private Step<Wish, FakeResource> step(String name, OnDeprovision policy) {
    return Step.named(name, resources)
        .onDeprovision(policy)
        .retry(Retry.never())
        .from(tenant -> new FakeSpec(null, tenant.input().values(), null, false));
  }

  @Test
  void beforeAnythingIsMade() {
    Preview preview = lab.engine(plan).preview(plan, ACME, Wish.none());
    assertThat(preview)
        .hasToString(
            """
            create       network
            known after  bucket (after network)
            skipped      role (the tenant does not want it)
            """);
    assertThat(preview.changes()).isTrue();
  }

  @Test
  void whenAllStandsAsItShould() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("role", "yes"));
    Preview preview = engine.preview(plan, ACME, Wish.of("role", "yes"));
    assertThat(preview)
        .hasToString(
            """
            unchanged    network
            unchanged    bucket
            unchanged    role
            """);
    assertThat(preview.changes()).isFalse();
  }

  @Test
  void updatesAndRemovals() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("role", "yes").with("size", "1"));
    assertThat(engine.preview(plan, ACME, Wish.of("size", "2")))
        .hasToString(
            """
            update       network
            known after  bucket (after network)
            remove       role (the tenant does not want it)
            """);
    provision(engine, plan, Wish.of("size", "2"));
    assertThat(lab.effects().subList(3, 5)).containsExactly("UPDATE network", "DELETE role");
  }

  @Test
  void replacementsBothWays() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("zone", "1").with("engine", "1"));
    assertThat(engine.preview(plan, ACME, Wish.of("zone", "2").with("engine", "1")).steps().get(0))
        .hasToString("replace      network ('zone' cannot be changed)");
    assertThat(engine.preview(plan, ACME, Wish.of("zone", "1").with("engine", "2")).steps().get(0))
        .hasToString("replace      network (removed first: 'engine' cannot be changed)");
  }

  @Test
  void aChangeThatTheProvisionerRefuses() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("region", "1"));
    Wish wish = Wish.of("region", "2");
    assertThat(engine.preview(plan, ACME, wish).steps().get(0))
        .hasToString("refused      network ('region' cannot be changed)");
    failed(engine.provision(plan, ACME, wish));
  }

  @Test
  void aRemovalThatThePolicyForbids() throws Exception {
    for (OnDeprovision policy : new OnDeprovision[] {OnDeprovision.RETAIN, OnDeprovision.KEEP}) {
      Plan<Wish> other =
          Plan.of("other-" + policy.name().toLowerCase(Locale.ROOT), Wish.class, step("a", policy));
      ProvisioningEngine engine = lab.engine(other);
      provision(engine, other, Wish.of("engine", "1"));
      Wish wish = Wish.of("engine", "2");
      assertThat(engine.preview(other, ACME, wish).steps().get(0))
          .hasToString(
              "refused      a (must be removed first, but is "
                  + policy
                  + ": 'engine' cannot be changed)");
      failed(engine.provision(other, ACME, wish));
    }
  }

  @Test
  void aSpecOrAConditionThatThrows() throws Exception {
    Step<Wish, FakeResource> spec =
        Step.named("spec", resources)
            .from(
                tenant -> {
                  throw new IllegalStateException("no region");
                });
    Step<Wish, FakeResource> condition =
        step("condition", OnDeprovision.DELETE)
            .onlyIf(
                tenant -> {
                  throw new IllegalStateException("no plan");
                });
    Plan<Wish> broken = Plan.of("plan", Wish.class, spec, condition);
    ProvisioningEngine engine = lab.engine(broken);
    assertThat(engine.preview(broken, ACME, Wish.none()))
        .hasToString(
            """
            refused      spec (The spec cannot be computed: IllegalStateException: no region)
            refused      condition (The spec cannot be computed: IllegalStateException: no plan)
            """);
    Outcome.Failed failed = failed(engine.provision(broken, ACME, Wish.none()));
    assertThat(failed.failures()).hasSize(2);
    assertThat(lab.cloud.calls()).isEmpty();
    failed(engine.provision(broken, ACME, Wish.none()));
  }

  @Test
  void stepsThatLeftThePlan() throws Exception {
    Plan<Wish> all =
        Plan.of(
            "plan",
            Wish.class,
            network,
            step("deleted", OnDeprovision.DELETE),
            step("retained", OnDeprovision.RETAIN),
            step("kept", OnDeprovision.KEEP));
    provision(lab.engine(all), all, Wish.none());
    Plan<Wish> one = Plan.of("plan", Wish.class, network).version(2);
    ProvisioningEngine engine = lab.engine(one);
    assertThat(engine.preview(one, ACME, Wish.none()))
        .hasToString(
            """
            unchanged    network
            remove       deleted (left the plan)
            retain       retained (left the plan; kept until the tenant is purged)
            retain       kept (left the plan; kept)
            """);
    provision(engine, one, Wish.none());
    assertThat(lab.effects()).hasSize(5).endsWith("DELETE deleted");
  }

  @Test
  void aPolicyThatTheRunWillRecordFirst() throws Exception {
    Plan<Wish> deletes =
        Plan.of(
            "plan",
            Wish.class,
            step("a", OnDeprovision.DELETE).onlyIf(tenant -> tenant.input().has("a")));
    provision(lab.engine(deletes), deletes, Wish.of("a", "1"));
    Plan<Wish> retains =
        Plan.of(
            "plan",
            Wish.class,
            step("a", OnDeprovision.RETAIN).onlyIf(tenant -> tenant.input().has("a")));
    ProvisioningEngine engine = lab.engine(retains);
    assertThat(engine.preview(retains, ACME, Wish.none()).steps().get(0))
        .hasToString("skipped      a (the tenant does not want it)");
    provision(engine, retains, Wish.none());
    assertThat(lab.cloud.existing()).hasSize(1);
  }

  @Test
  void whatAFailedRunLeftBehind() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    lab.cloud.faults().on(CloudOperation.CREATE).failAfter(CloudFailure.AMBIGUOUS);
    failed(engine.provision(plan, ACME, Wish.none()));
    assertThat(engine.preview(plan, ACME, Wish.none()).steps().get(0))
        .hasToString("create       network");
    succeeded(engine.resume(plan, ACME));
  }

  @Test
  void nothingIsCalledAndNothingWritten() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    engine.preview(plan, ACME, Wish.none());
    assertThat(lab.store.writes()).isZero();
    provision(engine, plan, Wish.of("size", "1"));
    int writes = lab.store.writes();
    int calls = lab.cloud.calls().size();
    engine.preview(plan, ACME, Wish.of("size", "2"));
    assertThat(lab.store.writes()).isEqualTo(writes);
    assertThat(lab.cloud.calls()).hasSize(calls);
    assertThat(engine.preview(plan, ACME, Wish.of("size", "2")).step("role").orElseThrow().exists())
        .isFalse();
  }
}
