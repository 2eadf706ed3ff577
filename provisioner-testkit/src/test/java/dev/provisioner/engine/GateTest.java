package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.await;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome.StepFailure;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Steps that wait for the world. */
final class GateTest {
  record Question(String about) {}

  record Reply(String text) {}

  private static final Duration HOUR = Duration.ofHours(1);

  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Answer<Reply> answer = Answer.notYet("somebody's approval");

  private final Provisioner<Question, Reply> approvals =
      Gates.polling(
          Kind.of("approvals", Question.class, Reply.class),
          HOUR,
          (question, attempt) -> {
            asked.add(question.about());
            return answer;
          });
  private final Step<Wish, Reply> approval =
      Step.named("approval", approvals)
          .timeout(Duration.ofDays(2))
          .from(tenant -> new Question(tenant.input().get("about")));
  private final Step<Wish, FakeResource> behind =
      Step.named("behind", resources)
          .from(approval, (tenant, reply) -> FakeSpec.of("reply", reply.text()));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, approval, behind);

  private final Step<Wish, Opened> pause =
      Step.named("pause", Gates.timer(lab.clock)).from(tenant -> Pause.of(HOUR));
  private final Plan<Wish> timed =
      Plan.of(
          "timed",
          Wish.class,
          pause,
          Step.named("later", resources).from(Wish.class, t -> FakeSpec.empty()).after(pause));

  private void awaitAsked(int times) throws InterruptedException {
    await(() -> asked.size() >= times);
  }

  private void awaitParked(String of) throws InterruptedException {
    await(() -> lab.json(of).contains("WAITING") && !lab.json(of).contains("\"lease\""));
  }

  @Test
  void aTimerOpensWhenItsTimeHasComeAndNotBefore() throws Exception {
    ProvisioningEngine engine = lab.engine(timed);
    Run run = engine.provision(timed, ACME, Wish.none());
    assertThat(lab.event(StepWaiting.class).waitingFor())
        .isEqualTo("its time, 2026-01-01T01:00:00Z");
    lab.clock.advance(HOUR.minusMillis(1));
    engine.sweep();
    assertThat(run.outcome()).isInstanceOf(Outcome.StillRunning.class);
    assertThat(lab.cloud.existing()).isEmpty();
    lab.clock.advance(Duration.ofMillis(1));
    assertThat(succeeded(run).output(pause).at()).isEqualTo(lab.clock.instant());
  }

  @Test
  void aWaitingRunHoldsNeitherLeaseNorThread() throws Exception {
    ProvisioningEngine engine = lab.engine(timed);
    Run run = engine.provision(timed, ACME, Wish.none());
    awaitParked("timed");
    assertThat(lab.document("timed").document().summary().dueAt())
        .isEqualTo(lab.clock.instant().plus(HOUR));
    engine.close();
    assertThat(run.outcome()).isInstanceOf(Outcome.StillRunning.class);
  }

  @Test
  void aTimerGoesOnInAnotherEngine() throws Exception {
    lab.engine(timed).provision(timed, ACME, Wish.none());
    awaitParked("timed");
    lab.close();
    lab.clock.advance(HOUR);
    ProvisioningEngine engine = lab.engine(timed);
    succeeded(engine.run(timed, ACME).orElseThrow());
    assertThat(engine.output(timed, ACME, pause).orElseThrow().at())
        .isEqualTo("2026-01-01T01:00:00Z");
  }

  @Test
  void aPollingGateAsksNowAndThenAndOpens() throws Exception {
    Run run = lab.engine(plan).provision(plan, ACME, Wish.of("about", "prices"));
    awaitAsked(1);
    awaitParked("plan");
    lab.clock.advance(HOUR);
    awaitAsked(2);
    awaitParked("plan");
    answer = Answer.open(new Reply("yes"));
    lab.clock.advance(HOUR);
    assertThat(succeeded(run).output(behind).attributes()).containsEntry("reply", "yes");
    assertThat(asked).containsExactly("prices", "prices", "prices");
  }

  @Test
  void aGateThatHasOpenedStaysOpen() throws Exception {
    answer = Answer.open(new Reply("yes"));
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("about", "prices")));
    answer = Answer.refused("too late");
    succeeded(engine.provision(plan, ACME, Wish.of("about", "prices").with("x", "1")));
    assertThat(asked).hasSize(1);
  }

  @Test
  void aGateAsksAgainWhenItsSpecChanges() throws Exception {
    answer = Answer.open(new Reply("yes"));
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("about", "prices")));
    answer = Answer.notYet("somebody's second approval");
    Run run = engine.provision(plan, ACME, Wish.of("about", "terms"));
    awaitAsked(2);
    awaitParked("plan");
    answer = Answer.open(new Reply("also yes"));
    lab.clock.advance(HOUR);
    assertThat(succeeded(run).output(behind).attributes()).containsEntry("reply", "also yes");
    assertThat(asked).containsExactly("prices", "terms", "terms");
  }

  @Test
  void aRefusedGateFailsTheStepAndAsksAgainOnResume() throws Exception {
    answer = Answer.refused("The tenant has not signed.");
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    assertThat(failed(run).failures())
        .containsExactly(
            new StepFailure("approval", StepFailure.Kind.PERMANENT, "The tenant has not signed."));
    answer = Answer.open(new Reply("signed"));
    succeeded(engine.resume(plan, ACME));
  }

  @Test
  void aGateThatWaitsTooLongTimesOut() throws Exception {
    Run run = lab.engine(plan).provision(plan, ACME, Wish.none());
    awaitAsked(1);
    awaitParked("plan");
    lab.clock.advance(Duration.ofDays(2));
    assertThat(failed(run).failures())
        .containsExactly(
            new StepFailure(
                "approval",
                StepFailure.Kind.TIMED_OUT,
                "The step was not done within PT48H, its timeout. It waited for somebody's"
                    + " approval."));
    assertThat(asked).hasSize(1);
  }

  @Test
  void aGateLeavesNothingToRemove() throws Exception {
    answer = Answer.open(new Reply("yes"));
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.none()));
    assertThat(engine.drift(plan, ACME).drifted()).isFalse();
    succeeded(engine.deprovision(plan, ACME));
    assertThat(lab.cloud.existing()).isEmpty();
  }
}
