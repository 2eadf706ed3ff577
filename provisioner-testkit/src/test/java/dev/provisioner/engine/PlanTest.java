package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.RefusedException;
import dev.provisioner.plan.Included;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.PlanPart;
import dev.provisioner.plan.Step;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How plans are written down, and what the engine makes of them. */
final class PlanTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);

  private Step<Wish, FakeResource> step(String name) {
    return Step.named(name, resources).from(tenant -> FakeSpec.empty());
  }

  private Step<Wish, FakeResource> reader(String name, Step<Wish, FakeResource> read) {
    return Step.named(name, resources).from(read, (tenant, one) -> FakeSpec.of("read", one.id()));
  }

  // ---- dependencies

  @Test
  void aStepReadsWhatTheOtherMade() throws Exception {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b = reader("b", a);
    Plan<Wish> plan = Plan.of("plan", Wish.class, b, a);
    Outcome.Succeeded outcome = provision(lab.engine(plan), plan, Wish.none());
    assertThat(outcome.output(b).attributes()).containsEntry("read", outcome.output(a).id());
    assertThat(lab.effects()).containsExactly("CREATE a", "CREATE b");
  }

  @Test
  void aStepThatFollowsAnotherWaitsForIt() throws Exception {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b = step("b").after(a);
    Step<Wish, FakeResource> c = step("c").after(b);
    Plan<Wish> plan = Plan.of("plan", Wish.class, c, b, a);
    provision(lab.engine(plan), plan, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE a", "CREATE b", "CREATE c");
  }

  // ---- onlyIf

  @Test
  void readersOfASkippedStepAreSkippedAndFollowersAreNot() throws Exception {
    Step<Wish, FakeResource> a = step("a").onlyIf(tenant -> tenant.input().has("a"));
    Step<Wish, FakeResource> reader = reader("reader", a);
    Step<Wish, FakeResource> indirect = reader("indirect", reader);
    Step<Wish, FakeResource> follower = step("follower").after(a);
    Plan<Wish> plan = Plan.of("plan", Wish.class, a, reader, indirect, follower);
    Outcome.Succeeded outcome = provision(lab.engine(plan), plan, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE follower");
    assertThat(outcome.outputIfAny(indirect)).isEmpty();
    assertThat(outcome.outputIfAny(follower)).isPresent();
  }

  @Test
  void whatIsNotWantedAnyMoreIsRemovedWithItsReaders() throws Exception {
    Step<Wish, FakeResource> a = step("a").onlyIf(tenant -> tenant.input().has("a"));
    Step<Wish, FakeResource> reader = reader("reader", a);
    Plan<Wish> plan = Plan.of("plan", Wish.class, a, reader);
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("a", "yes"));
    provision(engine, plan, Wish.none());
    assertThat(lab.effects())
        .containsExactly("CREATE a", "CREATE reader", "DELETE reader", "DELETE a");
    provision(engine, plan, Wish.of("a", "yes"));
    assertThat(lab.cloud.existing()).hasSize(2);
  }

  @Test
  void whatIsRetainedOrKeptStaysWhenItIsNotWantedAndIsTakenUpAgain() throws Exception {
    for (OnDeprovision policy : List.of(OnDeprovision.RETAIN, OnDeprovision.KEEP)) {
      Step<Wish, FakeResource> a =
          Step.named("a", resources)
              .onDeprovision(policy)
              .from(Wish.class, tenant -> FakeSpec.empty())
              .onlyIf(tenant -> tenant.input().has("a"));
      String name = "plan-" + policy.name().toLowerCase(java.util.Locale.ROOT);
      Plan<Wish> plan = Plan.of(name, Wish.class, a);
      ProvisioningEngine engine = lab.engine(plan);
      FakeResource made = provision(engine, plan, Wish.of("a", "yes")).output(a);
      Outcome.Succeeded without = provision(engine, plan, Wish.none());
      assertThat(without.outputIfAny(a)).as("it was skipped").isEmpty();
      assertThat(provision(engine, plan, Wish.of("a", "yes")).output(a)).isEqualTo(made);
      assertThat(lab.cloud.created(made.name())).isEqualTo(1);
    }
  }

  // ---- steps that leave the plan

  @Test
  void aStepThatLeftThePlanIsRemovedByTheNextProvision() throws Exception {
    Step<Wish, FakeResource> a = step("a");
    Plan<Wish> both = Plan.of("plan", Wish.class, a, step("b"));
    provision(lab.engine(both), both, Wish.none());
    Plan<Wish> one = Plan.of("plan", Wish.class, a).version(2);
    provision(lab.engine(one), one, Wish.none());
    assertThat(lab.effects()).endsWith("DELETE b").hasSize(3);
  }

  @Test
  void aStepThatLeftThePlanIsNotRemovedByAResume() throws Exception {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b = step("b");
    Plan<Wish> both = Plan.of("plan", Wish.class, a, b.after(a));
    lab.cloud.faults().on(CloudOperation.CREATE).nth(2).failBefore(CloudFailure.PERMANENT);
    failed(lab.engine(both).provision(both, ACME, Wish.none()));
    Plan<Wish> other = Plan.of("plan", Wish.class, b).version(2);
    ProvisioningEngine engine = lab.engine(other);
    engine.resume(other, ACME).await(Lab.LONG);
    assertThat(lab.effects()).doesNotContain("DELETE a");
  }

  @Test
  void aKeptStepThatLeavesThePlanIsTakenUpWhenItComesBack() throws Exception {
    Step<Wish, FakeResource> a =
        Step.named("a", resources)
            .onDeprovision(OnDeprovision.KEEP)
            .from(tenant -> FakeSpec.empty());
    Plan<Wish> both = Plan.of("plan", Wish.class, a, step("b"));
    provision(lab.engine(both), both, Wish.none());
    Plan<Wish> one = Plan.of("plan", Wish.class, step("b")).version(2);
    provision(lab.engine(one), one, Wish.none());
    Plan<Wish> again = both.version(3);
    provision(lab.engine(again), again, Wish.none());
    assertThat(lab.effects()).containsExactlyInAnyOrder("CREATE a", "CREATE b");
  }

  // ---- generated plans

  private Plan<Wish> connectors() {
    return Plan.generated(
        "connectors",
        Wish.class,
        wish -> wish.values().keySet().stream().<PlanPart<Wish>>map(this::connector).toList());
  }

  private Step<Wish, FakeResource> connector(String name) {
    return Step.named(name, resources)
        .from(tenant -> FakeSpec.of("value", tenant.input().get(name)));
  }

  private ProvisioningEngine withResources(Plan<?> plan) {
    lab.close();
    return lab.start(lab.builder(plan).provisioners(resources));
  }

  @Test
  void oneMoreConnectorMakesOnlyTheNewStep() throws Exception {
    Plan<Wish> plan = connectors();
    ProvisioningEngine engine = withResources(plan);
    provision(engine, plan, Wish.of("crm", "1").with("erp", "1"));
    int calls = lab.cloud.calls().size();
    provision(engine, plan, Wish.of("crm", "1").with("erp", "1").with("shop", "1"));
    assertThat(lab.effects().subList(2, 3)).containsExactly("CREATE shop");
    assertThat(lab.cloud.calls()).hasSize(calls + 2);
  }

  @Test
  void oneConnectorLessRemovesOnlyItsSteps() throws Exception {
    Plan<Wish> plan = connectors();
    ProvisioningEngine engine = withResources(plan);
    provision(engine, plan, Wish.of("crm", "1").with("erp", "1").with("shop", "1"));
    provision(engine, plan, Wish.of("crm", "1").with("shop", "1"));
    assertThat(lab.effects().subList(3, lab.effects().size())).containsExactly("DELETE erp");
  }

  @Test
  void aGeneratedStepNeedsItsProvisionerRegistered() {
    Plan<Wish> plan = connectors();
    ProvisioningEngine engine = lab.engine(plan);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("crm", "1")))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "The provisioner 'fake-resources' is not registered with this engine, so what it makes"
                + " could not be removed after a restart. Steps of generated plans need"
                + " ProvisioningEngine.builder(...).provisioners(...). Registered: []."
                + " [tenant=acme plan=connectors step=crm]");
    assertThat(engine.status(plan, ACME)).isEmpty();
  }

  @Test
  void aPlanThatIsNotRegisteredIsRefused() {
    Plan<Wish> plan = Plan.of("plan", Wish.class, step("a"));
    Plan<Wish> copy = plan.version(2);
    ProvisioningEngine engine = lab.engine(plan);
    assertThatThrownBy(() -> engine.provision(copy, ACME, Wish.none()))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "Plan 'plan' is not registered with this engine, so its runs could not be resumed after"
                + " a crash. Pass that very object to ProvisioningEngine.builder(...).plans(...)."
                + " [plan=plan]");
  }

  // ---- composition

  @Test
  void aPlanIncludedTwiceMakesItsStepsTwice() throws Exception {
    Step<Wish, FakeResource> a =
        Step.named("a", resources).from(tenant -> FakeSpec.of("v", tenant.input().get("v")));
    Plan<Wish> inner = Plan.of("inner", Wish.class, a);
    Plan<Wish> plan =
        Plan.of(
            "plan",
            Wish.class,
            inner.within("eu", wish -> Wish.of("v", wish.get("eu"))),
            inner.within("us", wish -> Wish.of("v", wish.get("us"))));
    provision(lab.engine(plan), plan, Wish.of("eu", "1").with("us", "2"));
    assertThat(lab.resource("eu/a").attributes()).containsEntry("v", "1");
    assertThat(lab.resource("us/a").attributes()).containsEntry("v", "2");
  }

  @Test
  void aStepReadsAStepOfAnIncludedPlan() throws Exception {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b = reader("b", a);
    Included<Wish, Wish> included =
        Plan.of("inner", Wish.class, a, b).within("part", (Wish wish) -> wish);
    Step<Wish, FakeResource> c = reader("c", included.step(b));
    Plan<Wish> plan = Plan.of("plan", Wish.class, included, c);
    Outcome.Succeeded outcome = provision(lab.engine(plan), plan, Wish.none());
    assertThat(outcome.output(c).attributes())
        .containsEntry("read", outcome.output(included.step(b)).id());
    assertThat(lab.effects()).containsExactly("CREATE part/a", "CREATE part/b", "CREATE c");
  }

  // ---- renaming

  @Test
  void aRenamedStepKeepsWhatItMade() throws Exception {
    Plan<Wish> before = Plan.of("plan", Wish.class, step("old"));
    provision(lab.engine(before), before, Wish.none());
    Step<Wish, FakeResource> renamed =
        Step.named("fresh", resources).formerly("old").from(tenant -> FakeSpec.empty());
    Plan<Wish> after = Plan.of("plan", Wish.class, renamed).version(2);
    ProvisioningEngine engine = lab.engine(after);
    assertThat(engine.preview(after, ACME, Wish.none()).changes()).isFalse();
    provision(engine, after, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE old");
    assertThat(engine.output(after, ACME, renamed)).isPresent();
    assertThat(lab.json("plan")).contains("\"fresh\"");
  }

  @Test
  void aRenamedStepOfAnIncludedPlanKeepsWhatItMade() throws Exception {
    Plan<Wish> inner = Plan.of("inner", Wish.class, step("old"));
    Plan<Wish> before = Plan.of("plan", Wish.class, inner.within("part", (Wish wish) -> wish));
    provision(lab.engine(before), before, Wish.none());
    Step<Wish, FakeResource> renamed =
        Step.named("fresh", resources).formerly("old").from(tenant -> FakeSpec.empty());
    Plan<Wish> inner2 = Plan.of("inner", Wish.class, renamed);
    Plan<Wish> after =
        Plan.of("plan", Wish.class, inner2.within("part", (Wish wish) -> wish)).version(2);
    provision(lab.engine(after), after, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE part/old");
  }

  @Test
  void aNewStepMayLaterTakeTheOldName() throws Exception {
    Plan<Wish> first = Plan.of("plan", Wish.class, step("old"));
    provision(lab.engine(first), first, Wish.none());
    Step<Wish, FakeResource> renamed =
        Step.named("fresh", resources).formerly("old").from(tenant -> FakeSpec.empty());
    Plan<Wish> second = Plan.of("plan", Wish.class, renamed).version(2);
    provision(lab.engine(second), second, Wish.none());
    Plan<Wish> third = Plan.of("plan", Wish.class, step("fresh"), step("old")).version(3);
    ProvisioningEngine engine = lab.engine(third);
    provision(engine, third, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE old", "CREATE old.2");
    assertThat(lab.cloud.existing()).hasSize(2);
    succeeded(engine.deprovision(third, ACME));
    assertThat(lab.cloud.existing()).isEmpty();
  }

  // ---- versions

  @Test
  void anOlderNodeRefusesWhatANewerOneProvisioned() throws Exception {
    Plan<Wish> older = Plan.of("plan", Wish.class, step("a"));
    Plan<Wish> newer = older.version(2);
    provision(lab.engine(newer), newer, Wish.none());
    ProvisioningEngine engine = lab.engine(older);
    String run = engine.run(older, ACME).orElseThrow().id();
    String message =
        "The tenant was provisioned with version 2 of the plan; this engine has version 1 and leaves"
            + " it alone. Upgrade this node. [tenant=acme plan=plan run="
            + run
            + "]";
    assertThatThrownBy(() -> engine.provision(older, ACME, Wish.none())).hasMessage(message);
    assertThatThrownBy(() -> engine.preview(older, ACME, Wish.none())).hasMessage(message);
    assertThatThrownBy(() -> engine.resume(older, ACME)).hasMessage(message);
    assertThatThrownBy(() -> engine.deprovision(older, ACME)).hasMessage(message);
    assertThat(lab.effects()).containsExactly("CREATE a");
  }

  @Test
  void anOlderNodeLeavesAParkedRunOfANewerOneAlone() throws Exception {
    Plan<Wish> older = Plan.of("plan", Wish.class, step("a"));
    Plan<Wish> newer = older.version(2);
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.TRANSIENT);
    Run run = lab.engine(newer).provision(newer, ACME, Wish.none());
    lab.event(dev.provisioner.event.ProvisioningEvent.StepRetrying.class);
    ProvisioningEngine old = lab.engine(older);
    lab.clock.advance(java.time.Duration.ofMinutes(1));
    old.sweep();
    assertThat(run.outcome()).isInstanceOf(Outcome.StillRunning.class);
    assertThat(lab.cloud.existing()).isEmpty();
    ProvisioningEngine engine = lab.engine(newer);
    succeeded(engine.run(newer, ACME).orElseThrow());
  }
}
