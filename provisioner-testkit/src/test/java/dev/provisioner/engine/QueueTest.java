package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.error.RefusedException;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.OutputView;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import dev.provisioner.testkit.ManualThreads;
import java.time.Duration;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that come while a run is under way, and what is read from runs that have ended. */
final class QueueTest {
  private static final ProvisionOptions QUEUE =
      ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE);

  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .from(tenant -> new FakeSpec("a", tenant.input().values(), null, false));
  private final Step<Wish, FakeResource> skipped =
      Step.named("skipped", resources)
          .from(Wish.class, tenant -> FakeSpec.empty())
          .onlyIf(tenant -> false);
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a, skipped);
  private Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "a").block();

  private Run begun(ProvisioningEngine engine) throws InterruptedException {
    Run run = engine.provision(plan, ACME, Wish.of("v", "1"));
    hold.awaitReached(Lab.LONG);
    return run;
  }

  @Test
  void anotherInputIsRefusedWhileARunIsUnderWay() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = begun(engine);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "2")))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "Another run is under way. Wait for it, cancel it, or ask with whenRunning(QUEUE)."
                + " [tenant=acme plan=plan run="
                + run.id()
                + "]");
    hold.release();
    assertThat(succeeded(run).output(a).attributes()).containsEntry("v", "1");
  }

  @Test
  void theSameRequestAttachesToTheRun() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = begun(engine);
    assertThat(engine.provision(plan, ACME, Wish.of("v", "1")).id()).isEqualTo(run.id());
    assertThat(engine.provision(plan, ACME, Wish.of("v", "1"), QUEUE).id()).isEqualTo(run.id());
    hold.release();
    succeeded(run);
  }

  @Test
  void queuedRequestsRunOneAfterTheOther() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run first = begun(engine);
    Run second = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    Run third = engine.provision(plan, ACME, Wish.of("v", "3"), QUEUE);
    assertThat(second.outcome()).isInstanceOf(Outcome.StillRunning.class);
    assertThat(second.outcome().explain()).isEqualTo("It waits for the run under way to end.");
    hold.release();
    succeeded(third);
    succeeded(first);
    succeeded(second);
    assertThat(lab.cloud.effects())
        .extracting(effect -> effect.resource().attributes().get("v"))
        .containsExactly("1", "2", "3");
  }

  @Test
  void aRequestWaitsInPeaceForARunThatWaits() {
    ManualThreads threads = ManualThreads.on(lab.clock);
    Step<Wish, Opened> gate =
        Step.named("gate", Gates.timer(lab.clock)).from(tenant -> Pause.of(Duration.ofMinutes(1)));
    Plan<Wish> waiting = Plan.of("waiting", Wish.class, gate);
    ProvisioningEngine engine = lab.builder(waiting).threads(threads).build();
    engine.provision(waiting, ACME, Wish.of("v", "1"));
    runSome(threads);
    engine.provision(waiting, ACME, Wish.of("v", "2"), QUEUE);
    runSome(threads);
    int writes = lab.store.writes();
    for (int i = 0; i < 50; i++) {
      lab.clock.advance(Duration.ofMillis(20));
      runSome(threads);
    }
    assertThat(lab.store.writes()).isEqualTo(writes);
  }

  private static void runSome(ManualThreads threads) {
    for (int i = 0; i < 50; i++) {
      threads.runNext();
    }
  }

  @Test
  void theSameRequestAttachesToTheLastOneInTheQueue() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run first = begun(engine);
    Run second = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    assertThat(engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE).id()).isEqualTo(second.id());
    Run back = engine.provision(plan, ACME, Wish.of("v", "1"), QUEUE);
    assertThat(back.id()).as("it was asked for after the second").isNotEqualTo(first.id());
    hold.release();
    succeeded(back);
    assertThat(lab.resource("a").attributes()).containsEntry("v", "1");
  }

  @Test
  void aRequestBehindARunThatWaitsIsNoWorkUntilThatHasEnded() {
    ManualThreads threads = ManualThreads.on(lab.clock);
    Step<Wish, Opened> pause =
        Step.named("pause", Gates.timer(lab.clock))
            .from(Wish.class, tenant -> Pause.of(Duration.ofMinutes(30)));
    Plan<Wish> patient = Plan.of("patient", Wish.class, pause);
    ProvisioningEngine engine =
        ProvisioningEngine.builder(lab.store)
            .installation("test")
            .plans(patient)
            .clock(lab.clock)
            .ticker(lab.clock.ticker())
            .threads(threads)
            .build();
    engine.provision(patient, ACME, Wish.of("v", "1"));
    threads.runReady();
    Run second = engine.provision(patient, ACME, Wish.of("v", "2"), QUEUE);
    int pieces = 0;
    while (threads.runNext() && pieces < 100) {
      pieces++;
    }
    assertThat(pieces).isLessThan(100);

    int writes = lab.store.writes();
    threads.runFor(Duration.ofMinutes(20));
    assertThat(lab.store.writes()).isEqualTo(writes);
    threads.runFor(Duration.ofMinutes(45));
    assertThat(second.outcome()).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void aRequestThatIsCancelledWhileItWaitsNeverBegins() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run first = begun(engine);
    Run second = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    Run third = engine.provision(plan, ACME, Wish.of("v", "3"), QUEUE);
    second.cancel();
    second.cancel();
    assertThat(second.outcome()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(second.outcome().explain()).isEqualTo("It was cancelled before it began.");
    assertThat(second.await(Lab.LONG)).isInstanceOf(Outcome.Cancelled.class);
    hold.release();
    succeeded(third);
    succeeded(first);
    assertThat(second.outcome()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(lab.cloud.effects())
        .extracting(effect -> effect.resource().attributes().get("v"))
        .containsExactly("1", "3");
  }

  @Test
  void aCancelledRequestThatWasTheLastIsTheTenantsLastRun() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run first = begun(engine);
    Run second = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    second.cancel();
    Run again = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    assertThat(again.id()).as("a cancelled request is nobody's").isNotEqualTo(second.id());
    again.cancel();
    hold.release();
    succeeded(first);
    Lab.await(() -> engine.run(plan, ACME).orElseThrow().id().equals(again.id()));
    assertThat(again.outcome().explain())
        .startsWith(
            "Provision of tenant acme was cancelled. Provisioned and kept: 'a'. It had not begun;"
                + " provision again to have it done.");
    assertThatThrownBy(() -> engine.resume(plan, ACME))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("nothing of it is left to resume. Provision again.");
    succeeded(engine.provision(plan, ACME, Wish.of("v", "1")));
    assertThat(lab.cloud.effects()).hasSize(1);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "2")));
    assertThat(lab.resource("a").attributes()).containsEntry("v", "2");
  }

  @Test
  void aRequestCancelledElsewhereIsAWithdrawnOneHere() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    begun(engine);
    Run queued = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    lab.close(); // with the first run unfinished
    ProvisioningEngine other = lab.engine(plan);
    Run elsewhere = other.run(plan, ACME, queued.id()).orElseThrow();
    assertThat(other.run(plan, ACME, "unknown")).isEmpty();
    elsewhere.cancel();
    hold.release();
    assertThat(elsewhere.await(Lab.LONG)).isInstanceOf(Outcome.Cancelled.class);
    Lab.await(
        () -> {
          lab.clock.advance(Duration.ofMinutes(1));
          other.sweep();
          return other.run(plan, ACME).orElseThrow().id().equals(queued.id());
        });
    assertThat(lab.resource("a").attributes()).containsEntry("v", "1");
  }

  @Test
  void aQueuedRequestRunsAfterAFailureToo() throws Exception {
    lab.cloud.faults().clear();
    hold = lab.cloud.faults().on(CloudOperation.GET, "a").block();
    ProvisioningEngine engine = lab.engine(plan);
    Run first = begun(engine);
    lab.cloud.faults().on(CloudOperation.CREATE, "a").failBefore(CloudFailure.PERMANENT);
    Run second = engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE);
    hold.release();
    succeeded(second);
    failed(first);
  }

  @Test
  void tooManyRequestsAreRefused() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = begun(engine);
    for (int i = 0; i < 16; i++) {
      engine.provision(plan, ACME, Wish.of("v", "q" + i), QUEUE);
    }
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "more"), QUEUE))
        .hasMessage(
            "16 requests wait already. Wait for them, or send only the latest. [tenant=acme"
                + " plan=plan run="
                + run.id()
                + "]");
    hold.release();
    Lab.await(
        () ->
            lab.cloud.existing().stream().anyMatch(each -> each.attributes().containsValue("q15")));
  }

  @Test
  void nothingIsQueuedBehindADeprovision() throws Exception {
    hold.release();
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1"));
    Hold deleting = lab.cloud.faults().on(CloudOperation.DELETE, "a").block();
    Run run = engine.deprovision(plan, ACME);
    deleting.awaitReached(Lab.LONG);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "2"), QUEUE))
        .hasMessageStartingWith(
            "The tenant is being deprovisioned. Wait for that and purge it before it is provisioned"
                + " again. [tenant=acme");
    deleting.release();
    succeeded(run);
  }

  // ---- outputs

  @Test
  void outputsAreReadTyped() throws Exception {
    hold.release();
    ProvisioningEngine engine = lab.engine(plan);
    assertThat(engine.output(plan, ACME, a)).isEmpty();
    Outcome.Succeeded outcome = provision(engine, plan, Wish.of("v", "1"));
    assertThat(outcome.output(a).name()).isEqualTo("a");
    assertThat(engine.output(plan, ACME, a)).contains(outcome.output(a));
    assertThat(outcome.outputIfAny(skipped)).isEmpty();
    assertThatThrownBy(() -> outcome.output(skipped))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage(
            "Step 'skipped' has no output: it was skipped, is not in the plan, or is not"
                + " provisioned. Steps with an output: [a]");
  }

  @Test
  void anOutputIsReadThroughItsView() throws Exception {
    hold.release();
    OutputView<FakeSpec, FakeResource, String> names = resources.as(FakeResource::name);
    Step<Wish, String> named =
        Step.named("named", names).from(tenant -> FakeSpec.empty().named("n"));
    Step<Wish, FakeResource> reader =
        Step.named("reader", resources).from(named, (tenant, name) -> FakeSpec.of("of", name));
    Plan<Wish> other = Plan.of("other", Wish.class, named, reader);
    Outcome.Succeeded outcome = provision(lab.engine(other), other, Wish.none());
    assertThat(outcome.output(named)).isEqualTo("n");
    assertThat(outcome.output(reader).attributes()).containsEntry("of", "n");
  }

  @Test
  void aViewThatThrowsFailsTheStep() throws Exception {
    hold.release();
    OutputView<FakeSpec, FakeResource, String> picky =
        resources.as(
            made -> {
              throw new IllegalStateException("The stack has no output 'url'.");
            });
    Step<Wish, String> viewed = Step.named("viewed", picky).from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, viewed);
    ProvisioningEngine engine = lab.engine(other);
    assertThat(failed(engine.provision(other, ACME, Wish.none())).failures().get(0).message())
        .isEqualTo(
            "What was made cannot be read as the step's output: IllegalStateException: The stack"
                + " has no output 'url'.");
    succeeded(engine.deprovision(other, ACME));
    assertThat(lab.cloud.existing()).isEmpty();
  }
}
