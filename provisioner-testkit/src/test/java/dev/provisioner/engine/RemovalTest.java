package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.await;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static dev.provisioner.engine.Lab.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.DriftReport.Finding;
import dev.provisioner.engine.Outcome.StepFailure;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a tenant leaves, what is retained or kept, and how drift is noticed. */
final class RemovalTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> deleted = step("deleted", OnDeprovision.DELETE);
  private final Step<Wish, FakeResource> retained = step("retained", OnDeprovision.RETAIN);
  private final Step<Wish, FakeResource> kept = step("kept", OnDeprovision.KEEP);
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, deleted, retained, kept);

  private Step<Wish, FakeResource> step(String name, OnDeprovision policy) {
    return Step.named(name, resources)
        .onDeprovision(policy)
        .retry(Retry.never())
        .from(tenant -> new FakeSpec(name, tenant.input().values(), null, false));
  }

  private Lifecycle lifecycle() {
    return lab.document("plan").document().summary().lifecycle();
  }

  // ---- deprovision and purge

  @Test
  void aDeprovisionDeletesAndAPurgeDeletesWhatWasRetained() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    Run run = engine.deprovision(plan, ACME);
    succeeded(run);
    assertThat(lab.resources("deleted")).isEmpty();
    assertThat(lab.resources("retained")).hasSize(1);
    assertThat(lifecycle()).isEqualTo(Lifecycle.RETAINED);
    assertThat(engine.output(plan, ACME, retained)).isPresent();

    assertThat(engine.deprovision(plan, ACME).id()).as("done already").isEqualTo(run.id());

    succeeded(engine.purge(plan, ACME));
    assertThat(lab.resources("retained")).isEmpty();
    assertThat(lab.resources("kept")).as("never ours to delete").hasSize(1);
    assertThat(lifecycle()).isEqualTo(Lifecycle.PURGED);
    assertThat(engine.status(plan, ACME).orElseThrow().steps()).isEmpty();
    assertThat(lab.json("plan")).doesNotContain("\"input\":{");
  }

  @Test
  void theSweepPurgesWhenTheRetentionIsOver() throws Exception {
    ProvisioningEngine engine = lab.start(lab.builder(plan).retention(Duration.ofDays(7)));
    provision(engine, plan, Wish.none());
    succeeded(engine.deprovision(plan, ACME));
    lab.clock.advance(Duration.ofDays(7).minusMillis(1));
    engine.sweep();
    assertThat(lifecycle()).isEqualTo(Lifecycle.RETAINED);
    lab.clock.advance(Duration.ofMillis(1));
    await(() -> lifecycle() == Lifecycle.PURGED);
    assertThat(lab.cloud.existing()).hasSize(1);
  }

  @Test
  void aRetentionOfItsOwnGoesBeforeTheEngines() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    succeeded(engine.deprovision(plan, ACME, Duration.ofDays(1)));
    assertThat(engine.status(plan, ACME).orElseThrow().retainedUntil())
        .isEqualTo("2026-01-02T00:00:00Z");
  }

  @Test
  void aFailedPurgeWaitsForSomebody() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    succeeded(engine.deprovision(plan, ACME));
    lab.cloud.faults().on(CloudOperation.DELETE).failBefore(CloudFailure.PERMANENT);
    Run run = engine.purge(plan, ACME);
    assertThat(text(run, failed(run).explain()))
        .endsWith(
            " DELETE retained (1) [tenant=acme plan=plan step=retained run=RUN attempt=1/1]\n"
                + "Provisioned and kept: 'retained'. Mend the cause and resume the run.");
    assertThat(lab.document("plan").document().summary().dueAt()).isNull();
    succeeded(engine.resume(plan, ACME));
    assertThat(lifecycle()).isEqualTo(Lifecycle.PURGED);
  }

  @Test
  void onlyADeprovisionedTenantIsPurged() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    assertThatThrownBy(() -> engine.purge(plan, ACME))
        .hasMessage(
            "Nothing is recorded of this tenant. Provision it first. [tenant=acme plan=plan]");
    Outcome.Succeeded made = provision(engine, plan, Wish.none());
    assertThatThrownBy(() -> engine.purge(plan, ACME))
        .hasMessage(
            "Only a deprovisioned tenant can be purged. Deprovision it first. [tenant=acme"
                + " plan=plan run="
                + made.run()
                + "]");
  }

  @Test
  void aRetainedTenantIsNotProvisionedUntilItIsPurged() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    Run run = engine.deprovision(plan, ACME);
    succeeded(run);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.none()))
        .hasMessage(
            "The tenant was deprovisioned and what it retains is kept until 2026-01-31T00:00:00Z."
                + " Purge it before it is provisioned again. [tenant=acme plan=plan run="
                + run.id()
                + "]");
  }

  @Test
  void aPurgedTenantIsProvisionedAnew() throws Exception {
    Plan<Wish> other = Plan.of("plan", Wish.class, deleted, retained);
    ProvisioningEngine engine = lab.engine(other);
    FakeResource before = provision(engine, other, Wish.none()).output(retained);
    succeeded(engine.deprovision(other, ACME));
    succeeded(engine.purge(other, ACME));
    assertThat(engine.purge(other, ACME).await(Lab.LONG)).isInstanceOf(Outcome.Succeeded.class);
    FakeResource after = provision(engine, other, Wish.none()).output(retained);
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(lifecycle()).isEqualTo(Lifecycle.ACTIVE);
  }

  @Test
  void aFailedDeprovisionIsResumed() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    lab.cloud.faults().on(CloudOperation.DELETE).failBefore(CloudFailure.PERMANENT);
    failed(engine.deprovision(plan, ACME));
    assertThat(lifecycle()).isEqualTo(Lifecycle.ACTIVE);
    succeeded(engine.resume(plan, ACME));
    assertThat(lifecycle()).isEqualTo(Lifecycle.RETAINED);
  }

  @Test
  void whatAFailedRemovalMayHaveRemovedIsLookedForAndMadeAgain() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    lab.cloud.faults().on(CloudOperation.DELETE, "deleted").failAfter(CloudFailure.AMBIGUOUS);
    failed(engine.deprovision(plan, ACME));
    assertThat(lab.resources("deleted")).isEmpty();

    provision(engine, plan, Wish.none());
    assertThat(lab.resources("deleted")).hasSize(1);
  }

  // ---- works from the record

  @Test
  void removalNeedsNoneOfThePlansCode() throws Exception {
    provision(lab.engine(plan), plan, Wish.none());
    Step<Wish, FakeResource> throwing =
        Step.named("other", resources)
            .from(
                tenant -> {
                  throw new IllegalStateException("never computed");
                });
    Plan<Wish> changed = Plan.of("plan", Wish.class, throwing).version(2);
    ProvisioningEngine engine = lab.engine(changed);
    succeeded(engine.deprovision(changed, ACME));
    succeeded(engine.purge(changed, ACME));
    assertThat(lab.cloud.existing()).extracting(each -> each.name()).containsExactly("kept");
  }

  @Test
  void aKindThatIsNotRegisteredAnyMoreIsRefusedAndItsStateKept() throws Exception {
    provision(lab.engine(plan), plan, Wish.none());
    FakeResources others = FakeResources.builder(lab.cloud).id("others").build();
    Step<Wish, FakeResource> other = Step.named("other", others).from(tenant -> FakeSpec.empty());
    Plan<Wish> changed = Plan.of("plan", Wish.class, other).version(2);
    ProvisioningEngine engine = lab.engine(changed);
    Run run = engine.deprovision(changed, ACME);
    Outcome.Failed failed = failed(run);
    assertThat(failed.failures()).hasSize(1);
    String name = lab.resource("deleted").name();
    assertThat(name).isEqualTo("deleted");
    assertThat(failed.failures().get(0).message())
        .matches(
            "The provisioner 'fake-resources', which made 'acme-deleted-[a-z2-7]+', is not"
                + " registered with this engine\\. Its state is kept\\. Register it with"
                + " ProvisioningEngine\\.builder\\(\\.\\.\\.\\)\\.provisioners\\(\\.\\.\\.\\) and"
                + " resume the run\\.");
    lab.close();
    engine = lab.start(lab.builder(changed).provisioners(resources));
    succeeded(engine.resume(changed, ACME));
    assertThat(lab.resources("deleted")).isEmpty();
  }

  @Test
  void aForeignThingInPlaceOfOursIsNotDeleted() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    lab.cloud.lose("deleted");
    lab.cloud.plant("fake-resources", "deleted", null, Map.of());
    Outcome.Failed failed = failed(engine.deprovision(plan, ACME));
    assertThat(failed.failures().get(0).kind()).isEqualTo(StepFailure.Kind.REFUSED);
    assertThat(failed.failures().get(0).step()).isEqualTo("deleted");
    assertThat(lab.cloud.effectsOnPlanted()).isEmpty();
  }

  @Test
  void whatIsGoneAlreadyIsASuccess() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    lab.cloud.lose("deleted");
    succeeded(engine.deprovision(plan, ACME));
    assertThat(lab.cloud.calls(CloudOperation.DELETE)).isEmpty();
  }

  @Test
  void aLongRemovalIsPolled() throws Exception {
    FakeResources slow =
        FakeResources.builder(lab.cloud)
            .id("slow")
            .pending(2)
            .pollAfter(Duration.ofMinutes(1))
            .build();
    Step<Wish, FakeResource> a = Step.named("a", slow).from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, a);
    ProvisioningEngine engine = lab.engine(other);
    Run made = engine.provision(other, ACME, Wish.none());
    assertThat(lab.passTime(made, Duration.ofMinutes(1))).isInstanceOf(Outcome.Succeeded.class);
    Run gone = engine.deprovision(other, ACME);
    assertThat(lab.passTime(gone, Duration.ofMinutes(1))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(lab.effects()).containsExactly("CREATE a", "UPDATE a", "DELETE a");
  }

  // ---- drift

  @Test
  void driftIsFoundAndNothingTouched() throws Exception {
    Plan<Wish> many =
        Plan.of(
            "many",
            Wish.class,
            step("same", OnDeprovision.DELETE),
            step("missing", OnDeprovision.DELETE),
            step("changed", OnDeprovision.DELETE),
            step("foreign", OnDeprovision.DELETE),
            step("made-again", OnDeprovision.DELETE),
            step("silent", OnDeprovision.DELETE));
    ProvisioningEngine engine = lab.engine(many);
    provision(engine, many, Wish.of("v", "1"));
    assertThat(engine.drift(many, ACME).drifted()).isFalse();
    String marker = lab.resource("made-again").marker();
    lab.cloud.lose("missing");
    lab.cloud.alter("changed", Map.of("v", "2"));
    lab.cloud.lose("foreign");
    lab.cloud.plant("fake-resources", "foreign", null, Map.of());
    lab.cloud.lose("made-again");
    lab.cloud.plant("fake-resources", "made-again", marker, Map.of("v", "1"));
    lab.cloud.faults().on(CloudOperation.GET, "silent").failBefore(CloudFailure.TRANSIENT);
    int writes = lab.store.writes();
    int effects = lab.cloud.effects().size();
    DriftReport report = engine.drift(many, ACME);
    assertThat(report.steps())
        .extracting(DriftReport.StepDrift::finding)
        .containsExactly(
            Finding.IN_SYNC,
            Finding.MISSING,
            Finding.CHANGED,
            Finding.NOT_OURS,
            Finding.UNKNOWN,
            Finding.UNKNOWN);
    assertThat(report.toString())
        .startsWith(
            """
            in sync   same
            missing   missing
            changed   changed: [v is '2', wanted '1']
            not ours  foreign: [carries no marker of ours]
            """);
    assertThat(lab.store.writes()).isEqualTo(writes);
    assertThat(lab.cloud.effects()).hasSize(effects);
  }

  @Test
  void driftIsToldLongAfterTheRunsDeadline() throws Exception {
    Plan<Wish> limited = plan.deadline(Duration.ofMinutes(1));
    ProvisioningEngine engine = lab.engine(limited);
    provision(engine, limited, Wish.none());
    lab.clock.advance(Duration.ofHours(1));
    assertThat(engine.drift(limited, ACME).drifted()).isFalse();
  }

  @Test
  void driftIsNotToldWhileARunIsUnderWay() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "deleted").block();
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    assertThatThrownBy(() -> engine.drift(plan, ACME))
        .hasMessage(
            "A run is under way; what drifts cannot be told from its work. [tenant=acme plan=plan"
                + " run="
                + run.id()
                + "]");
    assertThatThrownBy(() -> engine.deprovision(plan, ACME))
        .hasMessageStartingWith("Another run is under way. Wait for it, or cancel it.");
    hold.release();
    succeeded(run);
  }
}
