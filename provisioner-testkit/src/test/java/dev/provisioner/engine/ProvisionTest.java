package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.LONG;
import static dev.provisioner.engine.Lab.await;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.CloudResource;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a provision run does with what stands. */
final class ProvisionTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources =
      FakeResources.builder(lab.cloud)
          .replaces("zone")
          .recreates("engine")
          .refuses("region")
          .build();

  private final Step<Wish, FakeResource> network = step("network", OnDeprovision.DELETE);
  private final Step<Wish, FakeResource> bucket = reader("bucket", network);
  private final Step<Wish, FakeResource> role = reader("role", network);
  private final Step<Wish, FakeResource> sync =
      Step.named("sync", resources)
          .from(bucket, role, (tenant, b, r) -> FakeSpec.of("bucket", b.id()).with("role", r.id()))
          .onlyIf(tenant -> tenant.input().has("sync"));
  private final Plan<Wish> diamond = Plan.of("plan", Wish.class, network, bucket, role, sync);

  /** Returns a step that wants what the tenant wishes. */
  private Step<Wish, FakeResource> step(String name, OnDeprovision policy) {
    return Step.named(name, resources)
        .onDeprovision(policy)
        .retry(Retry.never())
        .from(tenant -> new FakeSpec(null, tenant.input().values(), null, false));
  }

  private Step<Wish, FakeResource> reader(String name, Step<Wish, FakeResource> read) {
    return Step.named(name, resources)
        .retry(Retry.never())
        .from(read, (tenant, one) -> FakeSpec.of("read", one.id()));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Plan<Wish> plan(Step<Wish, ?>... steps) {
    return Plan.of("plan", Wish.class, steps);
  }

  // ---- the same again

  @Test
  void provisionsADiamondOnceAndThenHasNothingToDo() throws Exception {
    ProvisioningEngine engine = lab.engine(diamond);
    Outcome.Succeeded outcome = provision(engine, diamond, Wish.of("sync", "yes"));
    assertThat(outcome.changed()).isTrue();
    assertThat(outcome.output(sync).attributes())
        .containsEntry("bucket", outcome.output(bucket).id())
        .containsEntry("role", outcome.output(role).id());

    int writes = lab.store.writes();
    int calls = lab.cloud.calls().size();
    Run again = engine.provision(diamond, ACME, Wish.of("sync", "yes"));
    assertThat(again.id()).isEqualTo(outcome.run());
    succeeded(again);
    assertThat(lab.store.writes()).isEqualTo(writes);
    assertThat(lab.cloud.calls()).hasSize(calls);
  }

  @Test
  void anotherEngineHasNothingToDoEither() throws Exception {
    provision(lab.engine(diamond), diamond, Wish.of("sync", "yes"));
    ProvisioningEngine engine = lab.engine(diamond);
    int writes = lab.store.writes();
    int calls = lab.cloud.calls().size();
    provision(engine, diamond, Wish.of("sync", "yes"));
    assertThat(lab.store.writes()).isEqualTo(writes);
    assertThat(lab.cloud.calls()).hasSize(calls);
  }

  @Test
  void anotherInputThatChangesNoSpecCallsNobody() throws Exception {
    Step<Wish, FakeResource> a =
        Step.named("a", resources).from(tenant -> FakeSpec.of("v", tenant.input().get("v")));
    Plan<Wish> plan = plan(a);
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1"));
    int calls = lab.cloud.calls().size();
    Outcome.Succeeded again = provision(engine, plan, Wish.of("v", "1").with("other", "2"));
    assertThat(again.changed()).isFalse();
    assertThat(lab.cloud.calls()).hasSize(calls);
  }

  @Test
  void aPolicyAloneIsRecordedWithoutACall() throws Exception {
    Plan<Wish> first = plan(step("a", OnDeprovision.DELETE));
    provision(lab.engine(first), first, Wish.none());
    int calls = lab.cloud.calls().size();
    Plan<Wish> second = plan(step("a", OnDeprovision.RETAIN));
    ProvisioningEngine engine = lab.engine(second);
    assertThat(provision(engine, second, Wish.none()).changed()).isFalse();
    assertThat(lab.cloud.calls()).hasSize(calls);
    succeeded(engine.deprovision(second, ACME));
    assertThat(lab.cloud.existing()).as("retained").hasSize(1);
  }

  // ---- changes

  @Test
  void aChangeIsMadeInPlace() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("size", "1")).output(network);
    FakeResource after = provision(engine, plan, Wish.of("size", "2")).output(network);
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.attributes()).containsEntry("size", "2");
    assertThat(lab.effects()).containsExactly("CREATE network", "CREATE bucket", "UPDATE network");
  }

  @Test
  void aReplacementIsCreatedBeforeTheOldOneIsRemoved() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("zone", "a")).output(network);
    Outcome.Succeeded outcome = provision(engine, plan, Wish.of("zone", "b"));
    FakeResource after = outcome.output(network);
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.name()).isNotEqualTo(before.name());
    assertThat(outcome.output(bucket).attributes()).containsEntry("read", after.id());
    assertThat(lab.effects())
        .containsExactly(
            "CREATE network", "CREATE bucket", "CREATE network", "UPDATE bucket", "DELETE network");
    assertThat(lab.resource("network").id()).isEqualTo(after.id());
  }

  @Test
  void aReplacementOfAReplacementHasAThirdName() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    List<String> names = new ArrayList<>();
    for (String zone : List.of("a", "b", "c")) {
      names.add(provision(engine, plan, Wish.of("zone", zone)).output(network).name());
    }
    assertThat(names).doesNotHaveDuplicates();
    assertThat(lab.cloud.existing()).hasSize(1);
  }

  @Test
  void whatCanExistOnlyOnceIsRemovedFirst() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("engine", "a")).output(network);
    FakeResource after = provision(engine, plan, Wish.of("engine", "b")).output(network);
    assertThat(after.name()).isEqualTo(before.name());
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(lab.effects())
        .containsExactly(
            "CREATE network", "CREATE bucket", "DELETE network", "CREATE network", "UPDATE bucket");
  }

  @Test
  void whatIsRetainedOrKeptIsNotRemovedFirst() throws Exception {
    for (OnDeprovision policy : List.of(OnDeprovision.RETAIN, OnDeprovision.KEEP)) {
      Plan<Wish> plan =
          Plan.of("p-" + policy.name().toLowerCase(Locale.ROOT), Wish.class, step("a", policy));
      ProvisioningEngine engine = lab.engine(plan);
      provision(engine, plan, Wish.of("engine", "a"));
      int calls = lab.cloud.calls().size();
      Run run = engine.provision(plan, ACME, Wish.of("engine", "b"));
      assertThat(Lab.text(run, failed(run).explain()))
          .isEqualTo(
              "The change needs the resource to be removed first ('engine' cannot be changed), but"
                  + " the step's policy is "
                  + policy
                  + ". Nothing was touched. Take the change back, or give the step the policy"
                  + " DELETE. [tenant=acme plan="
                  + plan.name()
                  + " step=a run=RUN]\nProvisioned and kept: 'a'. Mend the cause and resume the run,"
                  + " or deprovision 'acme' to undo.");
      assertThat(lab.cloud.calls()).hasSize(calls);
      assertThat(provision(engine, plan, Wish.of("engine", "a")).changed()).isFalse();
    }
  }

  @Test
  void aRefusedChangeFailsBeforeAnythingIsTouched() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("region", "a"));
    int calls = lab.cloud.calls().size();
    Run run = engine.provision(plan, ACME, Wish.of("region", "b"));
    assertThat(Lab.text(run, failed(run).explain()))
        .isEqualTo(
            "'region' cannot be changed [tenant=acme plan=plan step=network run=RUN]\n"
                + "Provisioned and kept: 'network', 'bucket'. Mend the cause and resume the run, or"
                + " deprovision 'acme' to undo.");
    assertThat(lab.cloud.calls()).hasSize(calls);
  }

  @Test
  void anotherProvisionerReplacesWhatTheOldOneMade() throws Exception {
    Plan<Wish> first = plan(network);
    provision(lab.engine(first), first, Wish.none());
    FakeResources others = FakeResources.builder(lab.cloud).id("others").build();
    Step<Wish, FakeResource> other = Step.named("network", others).from(tenant -> FakeSpec.empty());
    Plan<Wish> second = plan(other);
    lab.close();
    ProvisioningEngine engine = lab.start(lab.builder(second).provisioners(resources));
    provision(engine, second, Wish.none());
    assertThat(lab.effects()).containsExactly("CREATE network", "CREATE network", "DELETE network");
    assertThat(lab.resource("network").kind()).isEqualTo("others");
  }

  // ---- what an earlier run left unfinished

  @Test
  void aSpecThatChangesBeforeItsCreationIsKnownIsSettledFirst() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    lab.cloud.faults().on(CloudOperation.CREATE).failAfter(CloudFailure.AMBIGUOUS);
    failed(engine.provision(plan, ACME, Wish.of("size", "1")));
    FakeResource made = provision(engine, plan, Wish.of("size", "2")).output(network);
    assertThat(made.attributes()).containsEntry("size", "2");
    assertThat(lab.effects()).containsExactly("CREATE network", "UPDATE network");
  }

  @Test
  void aCreationThatTookNoEffectIsForgottenWhenItsSpecChanges() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.AMBIGUOUS);
    failed(engine.provision(plan, ACME, Wish.of("region", "1")));
    provision(engine, plan, Wish.of("region", "2"));
    assertThat(lab.effects()).containsExactly("CREATE network");
    assertThat(lab.resource("network").attributes()).containsEntry("region", "2");
  }

  @Test
  void aHalfMadeResourceIsCompleted() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    lab.cloud.faults().on(CloudOperation.CREATE).failDuring(CloudFailure.AMBIGUOUS);
    failed(engine.provision(plan, ACME, Wish.of("a", "1").with("b", "2")));
    provision(engine, plan, Wish.of("a", "1").with("b", "2"));
    assertThat(lab.resource("network").attributes()).containsEntry("b", "2");
    assertThat(lab.cloud.existing()).hasSize(1);
  }

  @Test
  void aVanishedResourceIsMadeAgainByAnUpdate() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    CloudResource first = made(engine, plan, "1");
    lab.cloud.lose(first.name());
    Run run = engine.provision(plan, ACME, Wish.of("size", "2"));
    succeeded(run);
    assertThat(lab.resource("network").attributes()).containsEntry("size", "2");
    assertThat(run.report()).contains("made again").contains("it had vanished from the backend");
  }

  private CloudResource made(ProvisioningEngine engine, Plan<Wish> plan, String size)
      throws InterruptedException {
    provision(engine, plan, Wish.of("size", size));
    return lab.resource("network");
  }

  @Test
  void aReplacementThatFailedAndIsTakenBackKeepsTheOldResource() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("zone", "a")).output(network);
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.PERMANENT);
    failed(engine.provision(plan, ACME, Wish.of("zone", "b")));
    assertThat(engine.preview(plan, ACME, Wish.of("zone", "a")).step("network").orElseThrow())
        .hasToString("update       network (what was to be replaced is restored)");
    FakeResource after = provision(engine, plan, Wish.of("zone", "a")).output(network);
    assertThat(after).isEqualTo(before);
    assertThat(lab.effects()).containsExactly("CREATE network", "CREATE bucket");
  }

  @Test
  void aReplacementThatWasMadeAndIsTakenBackIsDiscarded() throws Exception {
    Plan<Wish> plan = plan(network, bucket);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("zone", "a")).output(network);
    lab.cloud.faults().on(CloudOperation.UPDATE).failBefore(CloudFailure.PERMANENT);
    failed(engine.provision(plan, ACME, Wish.of("zone", "b")));
    assertThat(lab.resources("network")).hasSize(2);
    FakeResource after = provision(engine, plan, Wish.of("zone", "a")).output(network);
    assertThat(after).isEqualTo(before);
    assertThat(lab.cloud.existing()).hasSize(2);
    assertThat(lab.resource("network").id()).isEqualTo(before.id());
  }

  @Test
  void aRemovalThatFailedAndIsTakenBackKeepsTheResource() throws Exception {
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    FakeResource before = provision(engine, plan, Wish.of("engine", "a")).output(network);
    lab.cloud.faults().on(CloudOperation.DELETE).failBefore(CloudFailure.PERMANENT);
    failed(engine.provision(plan, ACME, Wish.of("engine", "b")));
    FakeResource after = provision(engine, plan, Wish.of("engine", "a")).output(network);
    assertThat(after).isEqualTo(before);
    assertThat(lab.effects()).containsExactly("CREATE network");
  }

  // ---- order

  @Test
  void nothingIsRemovedWhileAStepIsNotAsItShouldBe() throws Exception {
    ProvisioningEngine engine = lab.engine(diamond);
    provision(engine, diamond, Wish.of("sync", "yes").with("size", "1"));
    lab.cloud.faults().on(CloudOperation.UPDATE).failBefore(CloudFailure.PERMANENT);
    Run run = engine.provision(diamond, ACME, Wish.of("size", "2"));
    failed(run);
    assertThat(lab.cloud.calls(CloudOperation.DELETE)).isEmpty();
    succeeded(engine.resume(diamond, ACME));
    assertThat(lab.effects()).endsWith("UPDATE network", "DELETE sync");
  }

  @Test
  void removalGoesInReverseOrder() throws Exception {
    ProvisioningEngine engine = lab.engine(diamond);
    provision(engine, diamond, Wish.of("sync", "yes"));
    succeeded(engine.deprovision(diamond, ACME));
    List<String> removed = lab.effects().subList(4, 8);
    assertThat(removed).startsWith("DELETE sync").endsWith("DELETE network");
    assertThat(removed).contains("DELETE bucket", "DELETE role");
  }

  @Test
  void independentStepsRunAtTheSameTime() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE).everyTime().block();
    Plan<Wish> plan = fan(6);
    ProvisioningEngine engine = lab.start(lab.builder(plan).provisioners(resources));
    Run run = engine.provision(plan, ACME, Wish.none());
    await(() -> resources.inFlight().now() == 6);
    hold.release();
    succeeded(run);
  }

  @Test
  void theEnginesLimitHolds() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE).everyTime().block();
    Plan<Wish> plan = fan(8);
    ProvisioningEngine engine =
        lab.start(lab.builder(plan).provisioners(resources).maxConcurrentCalls(3));
    Run run = engine.provision(plan, ACME, Wish.none());
    await(() -> resources.inFlight().now() == 3);
    hold.release();
    succeeded(run);
    assertThat(resources.inFlight().max()).isEqualTo(3);
  }

  @Test
  void aProvisionersLimitHoldsAndHoldsUpNoOther() throws Exception {
    FakeResources narrow =
        FakeResources.builder(lab.cloud).id("narrow").maxConcurrentCalls(2).build();
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE).everyTime().block();
    List<Step<Wish, ?>> steps = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      steps.add(Step.named("n" + i, narrow).from(tenant -> FakeSpec.empty()));
      steps.add(Step.named("w" + i, resources).from(tenant -> FakeSpec.empty()));
    }
    Plan<Wish> plan = Plan.generated("plan", Wish.class, wish -> steps);
    ProvisioningEngine engine = lab.start(lab.builder(plan).provisioners(narrow, resources));
    Run run = engine.provision(plan, ACME, Wish.none());
    await(() -> resources.inFlight().now() == 6 && narrow.inFlight().now() == 2);
    hold.release();
    succeeded(run);
    assertThat(narrow.inFlight().max()).isEqualTo(2);
  }

  private Plan<Wish> fan(int width) {
    List<Step<Wish, FakeResource>> steps =
        IntStream.range(0, width).mapToObj(i -> step("s" + i, OnDeprovision.DELETE)).toList();
    return Plan.generated("plan", Wish.class, wish -> steps);
  }

  @Test
  void tenantsRunAtTheSameTimeAndKeepApart() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE).everyTime().block();
    Plan<Wish> plan = plan(network);
    ProvisioningEngine engine = lab.engine(plan);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      runs.add(engine.provision(plan, TenantId.of("t" + i), Wish.of("size", "" + i)));
    }
    await(() -> resources.inFlight().now() == 10);
    hold.release();
    for (int i = 0; i < 10; i++) {
      Outcome outcome = runs.get(i).await(LONG);
      assertThat(((Outcome.Succeeded) outcome).output(network).attributes())
          .containsEntry("size", "" + i);
    }
    assertThat(lab.cloud.existing()).hasSize(10);
    assertThat(lab.cloud.inFlight().overlaps()).isEmpty();
  }
}
