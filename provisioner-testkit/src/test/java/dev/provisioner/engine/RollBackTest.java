package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static dev.provisioner.engine.Lab.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Outcome.StepFailure;
import dev.provisioner.event.ProvisioningEvent.RollbackStarted;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a run leaves behind when a step has failed for good. */
final class RollBackTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources =
      FakeResources.builder(lab.cloud).replaces("zone").recreates("engine").build();
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .retry(Retry.never())
          .from(tenant -> new FakeSpec("a", tenant.input().values(), null, false));
  private final Step<Wish, FakeResource> b = reader("b", a);
  private final Step<Wish, FakeResource> c = reader("c", b);
  private final Step<Wish, FakeResource> d =
      Step.named("d", resources).retry(Retry.never()).from(tenant -> FakeSpec.empty().named("d"));
  private final Plan<Wish> keeps = Plan.of("plan", Wish.class, a, b, c, d);
  private final Plan<Wish> plan = keeps.onFailure(OnFailure.ROLL_BACK);

  private Step<Wish, FakeResource> reader(String name, Step<Wish, FakeResource> read) {
    return Step.named(name, resources)
        .retry(Retry.never())
        .from(
            read,
            (tenant, one) ->
                FakeSpec.of("read", one.id()).with("v", tenant.input().get("v")).named(name));
  }

  private void fails(CloudOperation operation, String name) {
    lab.cloud.faults().on(operation, name).failBefore(CloudFailure.PERMANENT);
  }

  // ---- KEEP

  @Test
  void independentBranchesFinishAndDependentsStop() throws Exception {
    fails(CloudOperation.CREATE, "b");
    ProvisioningEngine engine = lab.engine(keeps);
    Run run = engine.provision(keeps, ACME, Wish.none());
    Outcome.Failed failed = failed(run);
    assertThat(text(run, failed.explain()))
        .startsWith("The cloud refuses, by script: call ")
        .endsWith(
            ": CREATE b (1) [tenant=acme plan=plan step=b run=RUN attempt=1/1]\n"
                + "Provisioned and kept: 'a', 'd'. Begun and not finished: 'b'. Mend the cause and"
                + " resume the run, or deprovision 'acme' to undo.");
    assertThat(failed.rolledBack()).isFalse();
    assertThat(run.report()).contains("it comes after 'b', which is not done");
    assertThat(lab.effects()).containsExactlyInAnyOrder("CREATE a", "CREATE d");
  }

  @Test
  void aResumeGoesOnWithOnlyWhatIsMissing() throws Exception {
    fails(CloudOperation.CREATE, "b");
    ProvisioningEngine engine = lab.engine(keeps);
    failed(engine.provision(keeps, ACME, Wish.none()));
    int calls = lab.cloud.calls().size();
    succeeded(engine.resume(keeps, ACME));
    assertThat(lab.cloud.calls().subList(calls, lab.cloud.calls().size()))
        .extracting(call -> call.operation() + " " + call.name())
        .containsExactly("GET b", "CREATE b", "GET c", "CREATE c");
    assertThatThrownBy(() -> engine.resume(keeps, ACME))
        .hasMessageStartingWith("The last run has nothing left to do. [tenant=acme plan=plan run=");
  }

  @Test
  void theSameProvisionAgainGoesOnToo() throws Exception {
    fails(CloudOperation.CREATE, "b");
    ProvisioningEngine engine = lab.engine(keeps);
    failed(engine.provision(keeps, ACME, Wish.none()));
    provision(engine, keeps, Wish.none());
    assertThat(lab.cloud.existing()).hasSize(4);
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(5);
  }

  // ---- ROLL_BACK

  @Test
  void whatWasCreatedIsRemovedInReverseOrder() throws Exception {
    fails(CloudOperation.CREATE, "c");
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    Outcome.Failed failed = failed(run);
    assertThat(failed.rolledBack()).isTrue();
    assertThat(text(run, failed.explain()))
        .endsWith(
            " step=c run=RUN attempt=1/1]\nNothing stands. Everything this run did was undone. Mend"
                + " the cause and provision again.");
    assertThat(lab.effects())
        .filteredOn(effect -> !effect.endsWith(" d"))
        .containsExactly("CREATE a", "CREATE b", "DELETE b", "DELETE a");
    assertThat(lab.cloud.existing()).isEmpty();
    assertThatThrownBy(() -> engine.resume(plan, ACME))
        .hasMessageStartingWith(
            "The last run was rolled back; nothing of it is left to resume. Provision again.");
    provision(engine, plan, Wish.none());
  }

  @Test
  void whatWasChangedGoesBackToItsPreviousSpec() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1"));
    fails(CloudOperation.UPDATE, "c");
    Outcome.Failed failed = failed(engine.provision(plan, ACME, Wish.of("v", "2")));
    assertThat(failed.rolledBack()).isTrue();
    for (String name : List.of("a", "b", "c")) {
      assertThat(lab.resource(name).attributes()).as(name).containsEntry("v", "1");
    }
    assertThat(engine.preview(plan, ACME, Wish.of("v", "1")).changes()).isFalse();
    assertThat(engine.drift(plan, ACME).drifted()).isFalse();
  }

  @Test
  void whatMayHaveBeenChangedGoesBackToo() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1").with("w", "1"));
    lab.cloud.faults().on(CloudOperation.UPDATE, "a").failDuring(CloudFailure.AMBIGUOUS);
    assertThat(failed(engine.provision(plan, ACME, Wish.of("v", "2").with("w", "2"))).rolledBack())
        .isTrue();
    assertThat(lab.resource("a").attributes()).containsEntry("v", "1").containsEntry("w", "1");
  }

  @Test
  void whatWasReplacedIsRestored() throws Exception {
    Step<Wish, FakeResource> zoned =
        Step.named("zoned", resources).from(tenant -> FakeSpec.of("zone", tenant.input().get("z")));
    Step<Wish, FakeResource> after = reader("after", zoned);
    Step<Wish, FakeResource> last = reader("last", after);
    Plan<Wish> other =
        Plan.of("other", Wish.class, zoned, after, last).onFailure(OnFailure.ROLL_BACK);
    ProvisioningEngine engine = lab.engine(other);
    FakeResource before = provision(engine, other, Wish.of("z", "1")).output(zoned);
    fails(CloudOperation.UPDATE, "last");
    Outcome.Failed failed = failed(engine.provision(other, ACME, Wish.of("z", "2").with("v", "2")));
    assertThat(failed.rolledBack()).isTrue();
    assertThat(lab.resource("zoned").id()).isEqualTo(before.id());
    assertThat(engine.output(other, ACME, zoned)).contains(before);
    assertThat(lab.resource("after").attributes()).containsEntry("read", before.id());
    assertThat(engine.preview(other, ACME, Wish.of("z", "1")).changes()).isFalse();
  }

  @Test
  void whatHadToBeRemovedFirstIsMadeAgainAndThatIsSaid() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("engine", "1")).output(a);
    fails(CloudOperation.UPDATE, "b");
    Run run = engine.provision(plan, ACME, Wish.of("engine", "2"));
    Outcome.Failed failed = failed(run);
    assertThat(lab.resource("a").attributes()).containsEntry("engine", "1");
    assertThat(lab.resource("a").id()).isNotEqualTo(before.id());
    assertThat(run.report()).contains("made again; what it held is lost");
    assertThat(failed.explain())
        .endsWith(
            "Everything this run did was undone. What these steps held is lost, since they had to be"
                + " made again: 'a'. Mend the cause and provision again.");
  }

  @Test
  void whatCannotBeUndoneIsSaid() throws Exception {
    Step<Wish, FakeResource> disk =
        Step.named("disk", new Growing(resources))
            .from(tenant -> FakeSpec.of("size", tenant.input().get("v")).named("disk"));
    Step<Wish, FakeResource> after = reader("after", disk);
    Plan<Wish> other = Plan.of("other", Wish.class, disk, after).onFailure(OnFailure.ROLL_BACK);
    ProvisioningEngine engine = lab.engine(other);
    provision(engine, other, Wish.of("v", "1"));
    fails(CloudOperation.UPDATE, "after");
    Run run = engine.provision(other, ACME, Wish.of("v", "2"));
    Outcome.Failed failed = failed(run);
    assertThat(failed.rolledBack()).isFalse();
    assertThat(text(run, failed.explain()))
        .endsWith(
            "The change cannot be taken back in place (a disk does not shrink); the step stands as"
                + " this run left it. Provision again with the input that is wanted. [tenant=acme"
                + " plan=other step=disk run=RUN]\nProvisioned and kept: 'disk', 'after'. Mend the"
                + " cause and resume the run, or deprovision 'acme' to undo.");
    assertThat(lab.resource("disk").attributes()).containsEntry("size", "2");
    assertThat(lab.resource("after").attributes()).containsEntry("v", "1");
  }

  @Test
  void aRollbackThatFailsCanBeResumed() throws Exception {
    fails(CloudOperation.CREATE, "c");
    fails(CloudOperation.DELETE, "b");
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    Outcome.Failed failed = failed(run);
    assertThat(failed.rolledBack()).isFalse();
    assertThat(failed.failures()).extracting(StepFailure::step).containsExactly("c", "b");
    assertThat(lab.resources("a")).as("b still reads it").hasSize(1);
    Run again = engine.resume(plan, ACME);
    assertThat(again.id()).isEqualTo(run.id());
    assertThat(failed(again).rolledBack()).isTrue();
    assertThat(lab.cloud.existing()).isEmpty();
  }

  @Test
  void whatMayHaveBeenCreatedIsRemovedToo() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE, "b").failAfter(CloudFailure.AMBIGUOUS);
    assertThat(failed(lab.engine(plan).provision(plan, ACME, Wish.none())).rolledBack()).isTrue();
    assertThat(lab.cloud.existing()).isEmpty();
  }

  @Test
  void whatAnEarlierRunOnlyIntendedIsRemovedWithTheRest() throws Exception {
    fails(CloudOperation.CREATE, "b");
    failed(lab.engine(keeps).provision(keeps, ACME, Wish.none()));
    fails(CloudOperation.CREATE, "c");
    Outcome.Failed failed = failed(lab.engine(plan).provision(plan, ACME, Wish.none()));
    assertThat(failed.rolledBack()).isTrue();
    assertThat(lab.resources("b")).isEmpty();
    assertThat(lab.resources("a")).as("of the earlier run").hasSize(1);
  }

  @Test
  void theStepSaysWhatHappensBeforeThePlanDoes() throws Exception {
    Step<Wish, FakeResource> lax =
        Step.named("lax", resources)
            .onFailure(OnFailure.KEEP)
            .from(tenant -> FakeSpec.empty().named("lax"));
    Plan<Wish> rollsBack =
        Plan.of("one", Wish.class, d, lax.after(d)).onFailure(OnFailure.ROLL_BACK);
    fails(CloudOperation.CREATE, "lax");
    assertThat(failed(lab.engine(rollsBack).provision(rollsBack, ACME, Wish.none())).rolledBack())
        .isFalse();
    assertThat(lab.resources("d")).hasSize(1);

    Step<Wish, FakeResource> strict =
        Step.named("strict", resources)
            .onFailure(OnFailure.ROLL_BACK)
            .from(tenant -> FakeSpec.empty().named("strict"));
    Step<Wish, FakeResource> e =
        Step.named("e", resources).from(tenant -> FakeSpec.empty().named("e"));
    Plan<Wish> mild = Plan.of("two", Wish.class, e, strict.after(e));
    fails(CloudOperation.CREATE, "strict");
    assertThat(failed(lab.engine(mild).provision(mild, ACME, Wish.none())).rolledBack()).isTrue();
    assertThat(lab.resources("e")).isEmpty();
  }

  @Test
  void aCallUnderWayIsToldToGiveUpAndUndone() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "d").blockAfter();
    lab.cloud
        .faults()
        .when(call -> call.operation() == CloudOperation.CREATE && call.name().equals("b"))
        .failBefore(CloudFailure.PERMANENT);
    Run run = lab.engine(plan).provision(plan, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    assertThat(failed(run).rolledBack()).isTrue();
    hold.release();
    assertThat(lab.cloud.existing()).isEmpty();
  }

  @Test
  void aRunOverItsTimeRollsBackWithoutALimit() throws Exception {
    Plan<Wish> limited = plan.deadline(Duration.ofSeconds(30));
    Step<Wish, FakeResource> slow =
        Step.named("slow", resources)
            .retry(Retry.atMost(9).backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)))
            .from(tenant -> FakeSpec.empty().named("slow"));
    Plan<Wish> other =
        Plan.of("other", Wish.class, d, slow.after(d))
            .onFailure(OnFailure.ROLL_BACK)
            .deadline(limited.deadline().orElseThrow());
    lab.cloud.faults().on(CloudOperation.CREATE, "slow").failBefore(CloudFailure.TRANSIENT);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    lab.event(StepRetrying.class);
    lab.clock.advance(Duration.ofSeconds(30));
    Outcome.Failed failed = failed(run);
    assertThat(failed.explain())
        .contains("The run was not done within PT30S, the plan's deadline.");
    assertThat(failed.rolledBack()).isTrue();
    assertThat(lab.cloud.existing()).isEmpty();
  }

  @Test
  void aRunOverItsTimeWhileItRemovesThingsDoesNotRollBack() throws Exception {
    Plan<Wish> first = Plan.of("other", Wish.class, d, a);
    provision(lab.engine(first), first, Wish.none());
    Plan<Wish> second =
        Plan.of("other", Wish.class, d)
            .version(2)
            .onFailure(OnFailure.ROLL_BACK)
            .deadline(Duration.ofSeconds(30));
    Hold hold = lab.cloud.faults().on(CloudOperation.DELETE, "a").block();
    ProvisioningEngine engine = lab.engine(second);
    Run run = engine.provision(second, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    lab.clock.advance(Duration.ofMinutes(1));
    hold.release();
    Outcome outcome = Lab.ended(run);
    assertThat(lab.events).noneMatch(RollbackStarted.class::isInstance);
    assertThat(outcome).isInstanceOfAny(Outcome.Failed.class, Outcome.Succeeded.class);
    assertThat(lab.resources("d")).hasSize(1);
  }

  // ---- what is not ours

  @Test
  void aForeignResourceIsNotTouched() throws Exception {
    lab.cloud.plant("fake-resources", "d", "somebody else's", java.util.Map.of());
    Plan<Wish> other = Plan.of("other", Wish.class, d);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    Outcome.Failed failed = failed(run);
    assertThat(text(run, failed.explain()))
        .isEqualTo(
            "'acme-d-klqwhi3jra' (fake-resources) exists and is not ours: carries no marker of ours. It was"
                + " not touched. Remove or rename it, or change the spec, then resume the run."
                + " [tenant=acme plan=other step=d run=RUN]\n"
                + "No step is provisioned. Begun and not finished: 'd'. Mend the cause and resume"
                + " the run, or deprovision 'acme' to undo.");
    assertThat(failed.failures())
        .extracting(StepFailure::kind)
        .containsExactly(StepFailure.Kind.REFUSED);
    assertThat(failed.failures()).extracting(StepFailure::step).containsExactly("d");
    assertThat(lab.cloud.effects()).isEmpty();
  }

  @Test
  void whatNobodyCanTellStopsTheStepInDoubt() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1"));
    String marker = lab.resource("a").marker();
    lab.cloud.lose("a");
    lab.cloud.plant("fake-resources", "a", marker, java.util.Map.of());
    Outcome.Failed failed = failed(engine.provision(plan, ACME, Wish.of("v", "2")));
    assertThat(failed.failures().get(0).kind()).isEqualTo(StepFailure.Kind.IN_DOUBT);
    assertThat(failed.failures().get(0).message())
        .endsWith("Nothing was touched. Look at the backend, then resume the run.")
        .contains("was recorded: somebody made it again");
    assertThat(lab.cloud.effectsOnPlanted()).isEmpty();
  }
}
