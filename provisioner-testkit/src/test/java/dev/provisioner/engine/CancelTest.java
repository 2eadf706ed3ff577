package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.ended;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static dev.provisioner.engine.Lab.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.error.TransientException;
import dev.provisioner.event.ProvisioningEvent.RollbackStarted;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Kind;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a run is stopped, and goes on. */
final class CancelTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources).from(tenant -> FakeSpec.empty().named("a"));
  private final Step<Wish, FakeResource> b =
      Step.named("b", resources).from(a, (tenant, one) -> FakeSpec.empty().named("b"));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a, b);
  private final Step<Wish, Opened> pause =
      Step.named("pause", Gates.timer(lab.clock)).from(tenant -> Pause.of(Duration.ofHours(1)));
  private final Plan<Wish> timed = Plan.of("timed", Wish.class, a, pause.after(a));

  @Test
  void aWaitingRunIsCancelledAtOnceAndGoesOnWhenResumed() throws Exception {
    ProvisioningEngine engine = lab.engine(timed);
    Run run = engine.provision(timed, ACME, Wish.none());
    lab.event(StepWaiting.class);
    run.cancel();
    Outcome outcome = ended(run);
    assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
    assertThat(text(run, outcome.explain()))
        .isEqualTo(
            "Provision of tenant acme was cancelled. Provisioned and kept: 'a'. Begun and not"
                + " finished: 'pause'. Resume the run to go on, or deprovision 'acme' to undo."
                + " [tenant=acme plan=timed run=RUN]");
    Run again = engine.resume(timed, ACME);
    assertThat(lab.passTime(again, Duration.ofHours(1))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(lab.effects()).containsExactly("CREATE a");
  }

  @Test
  void aRunThatWaitsForItsNextAttemptIsCancelled() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.TRANSIENT);
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    lab.event(StepRetrying.class);
    assertThat(engine.cancel(plan, ACME)).isTrue();
    assertThat(ended(run)).isInstanceOf(Outcome.Cancelled.class);
    succeeded(engine.resume(plan, ACME));
  }

  @Test
  void aCallUnderWayIsToldToGiveUp() throws Exception {
    CountDownLatch calling = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    var gate =
        Gates.<FakeSpec, FakeResource>polling(
            Kind.of("slow", FakeSpec.class, FakeResource.class),
            Duration.ofSeconds(1),
            (spec, attempt) -> {
              try (var registration = attempt.onCancel(told::countDown)) {
                calling.countDown();
                if (told.await(20, java.util.concurrent.TimeUnit.SECONDS)) {
                  throw new TransientException("I gave up: " + attempt.cancelled());
                }
              }
              return Answer.open(new FakeResource("id", "name", Map.of(), null));
            });
    Step<Wish, FakeResource> slow = Step.named("slow", gate).from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, slow);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    assertThat(calling.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    run.cancel();
    assertThat(ended(run)).isInstanceOf(Outcome.Cancelled.class);
    assertThat(run.report()).contains("I gave up: true (it was told to give up: the run stops)");
  }

  @Test
  void aCallThatDoesNotListenIsInterrupted() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "a").block();
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    run.cancel();
    assertThat(ended(run)).isInstanceOf(Outcome.Cancelled.class);
    lab.cloud.faults().clear();
    succeeded(engine.resume(plan, ACME));
    assertThat(lab.cloud.existing()).hasSize(2);
  }

  @Test
  void whatACallMadeAfterAllIsRecordedAndKept() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "a").blockAfter();
    ProvisioningEngine engine = lab.start(lab.builder(plan).cancelGrace(Duration.ofSeconds(10)));
    Run run = engine.provision(plan, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    run.cancel();
    hold.release();
    Outcome outcome = ended(run);
    assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
    assertThat(outcome.explain()).contains("Provisioned and kept: 'a'.");
    assertThat(engine.output(plan, ACME, a)).isPresent();
    assertThat(lab.effects()).containsExactly("CREATE a");
  }

  @Test
  void aRunThatHasEndedIsLeftAsItIs() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    succeeded(run);
    int writes = lab.store.writes();
    run.cancel();
    assertThat(engine.cancel(plan, ACME)).isFalse();
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(lab.store.writes()).isEqualTo(writes);
  }

  @Test
  void anEndedRunsCancelDoesNotReachTheNextOne() throws Exception {
    ProvisioningEngine engine = lab.engine(plan, timed);
    Run first = engine.provision(timed, ACME, Wish.none());
    lab.event(StepWaiting.class);
    first.cancel();
    ended(first);
    Run second = engine.provision(timed, ACME, Wish.of("x", "1"));
    first.cancel();
    assertThat(second.await(Duration.ofMillis(100))).isInstanceOf(Outcome.StillRunning.class);
    assertThat(lab.passTime(second, Duration.ofHours(1))).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void aTenantOfWhichNothingIsKnownHasNothingToCancel() {
    assertThat(lab.engine(plan).cancel(plan, ACME)).isFalse();
  }

  @Test
  void aCancelledRunDoesNotRollBack() throws Exception {
    Plan<Wish> strict = timed.onFailure(OnFailure.ROLL_BACK);
    ProvisioningEngine engine = lab.engine(strict);
    Run run = engine.provision(strict, ACME, Wish.none());
    lab.event(StepWaiting.class);
    run.cancel();
    assertThat(ended(run)).isInstanceOf(Outcome.Cancelled.class);
    assertThat(lab.effects()).containsExactly("CREATE a");
  }

  @Test
  void aRollbackIsNotCancelled() throws Exception {
    Step<Wish, FakeResource> last =
        Step.named("last", resources)
            .retry(Retry.never())
            .from(b, (tenant, one) -> FakeSpec.empty().named("last"));
    Plan<Wish> strict = Plan.of("strict", Wish.class, a, b, last).onFailure(OnFailure.ROLL_BACK);
    lab.cloud.faults().on(CloudOperation.CREATE, "last").failBefore(CloudFailure.PERMANENT);
    lab.cloud.faults().on(CloudOperation.DELETE, "b").failBefore(CloudFailure.TRANSIENT);
    Run run = lab.engine(strict).provision(strict, ACME, Wish.none());
    lab.event(RollbackStarted.class);
    lab.event(StepRetrying.class);
    run.cancel();
    Outcome outcome = lab.passTime(run, Duration.ofSeconds(10));
    assertThat(((Outcome.Failed) outcome).rolledBack()).isTrue();
    assertThat(lab.json("strict")).doesNotContain("\"cancel\":\"");
  }

  @Test
  void aDeprovisionIsCancelledAndGoesOn() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    lab.cloud.faults().on(CloudOperation.DELETE, "b").failBefore(CloudFailure.TRANSIENT);
    Run run = engine.deprovision(plan, ACME);
    lab.event(StepRetrying.class);
    run.cancel();
    assertThat(ended(run)).isInstanceOf(Outcome.Cancelled.class);
    assertThat(lab.cloud.existing()).hasSize(2);
    succeeded(engine.resume(plan, ACME));
    assertThat(lab.cloud.existing()).isEmpty();
  }
}
