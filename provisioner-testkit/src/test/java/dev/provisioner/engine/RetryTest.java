package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.succeeded;
import static dev.provisioner.engine.Lab.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome.StepFailure;
import dev.provisioner.error.TransientException;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepStarted;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
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
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens when a call fails. */
final class RetryTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .retry(Retry.atMost(3).backoff(Duration.ofSeconds(10), Duration.ofMinutes(10)))
          .from(tenant -> FakeSpec.empty());
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a);

  private List<StepRetrying> retries() {
    return lab.events.stream()
        .filter(StepRetrying.class::isInstance)
        .map(StepRetrying.class::cast)
        .toList();
  }

  private void awaitRetries(int count) throws InterruptedException {
    Lab.await(() -> retries().size() == count);
  }

  /** Returns a random source that gives a constant from [0, 1). */
  private static RandomGenerator constant(double value) {
    RandomGenerator bits = RandomGenerator.of("L64X128MixRandom");
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return bits.nextLong();
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  @Test
  void aTransientErrorIsTriedAgainWhenItsTimeHasCome() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.TRANSIENT);
    ProvisioningEngine engine = lab.start(lab.builder(plan).random(constant(0.5)));
    Run run = engine.provision(plan, ACME, Wish.none());
    awaitRetries(1);
    assertThat(retries().get(0).in()).isEqualTo(Duration.ofSeconds(10));
    assertThat(lab.document("plan").document().summary().dueAt())
        .isEqualTo(lab.clock.instant().plusSeconds(10));
    lab.clock.advance(Duration.ofMillis(9_999));
    engine.sweep();
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(1);
    lab.clock.advance(Duration.ofMillis(1));
    succeeded(run);
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(2);
  }

  @Test
  void waitsGrowAndJitterComesFromTheInjectedRandom() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).everyTime().failBefore(CloudFailure.TRANSIENT);
    ProvisioningEngine engine = lab.start(lab.builder(plan).random(constant(0.75)));
    Run run = engine.provision(plan, ACME, Wish.none());
    assertThat(lab.passTime(run, Duration.ofSeconds(30))).isInstanceOf(Outcome.Failed.class);
    assertThat(retries())
        .extracting(StepRetrying::in)
        .containsExactly(Duration.ofSeconds(11), Duration.ofSeconds(22));
  }

  @Test
  void attemptsThatAreUsedUpFailTheStep() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).everyTime().failBefore(CloudFailure.TRANSIENT);
    Run run = lab.engine(plan).provision(plan, ACME, Wish.none());
    Outcome.Failed failed = (Outcome.Failed) lab.passTime(run, Duration.ofMinutes(5));
    assertThat(text(run, failed.explain()))
        .isEqualTo(
            "The cloud throttles us, by script: call 6: CREATE "
                + "acme-a-ebbgltod4t (3) [tenant=acme plan=plan step=a run=RUN attempt=3/3]\n"
                + "No step is provisioned. Begun and not finished: 'a'. Mend the cause and resume"
                + " the run, or deprovision 'acme' to undo.");
    assertThat(failed.failures())
        .extracting(StepFailure::kind)
        .containsExactly(StepFailure.Kind.TRANSIENT);
  }

  @Test
  void anAmbiguousErrorIsTriedAgainAfterALook() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).failAfter(CloudFailure.AMBIGUOUS);
    Run run = lab.engine(plan).provision(plan, ACME, Wish.none());
    assertThat(lab.passTime(run, Duration.ofSeconds(20))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(1);
    assertThat(lab.cloud.calls(CloudOperation.GET)).hasSize(2);
  }

  @Test
  void aPermanentErrorIsNeverTriedAgain() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.PERMANENT);
    Outcome.Failed failed = failed(lab.engine(plan).provision(plan, ACME, Wish.none()));
    assertThat(failed.failures())
        .extracting(StepFailure::kind)
        .containsExactly(StepFailure.Kind.PERMANENT);
    assertThat(retries()).isEmpty();
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(1);
  }

  @Test
  void whatTheBackendAsksToWaitIsHonoured() throws Exception {
    var gate =
        Gates.<FakeSpec, FakeResource>polling(
            Kind.of("busy", FakeSpec.class, FakeResource.class),
            Duration.ofSeconds(1),
            (spec, attempt) -> {
              if (attempt.number() == 1) {
                throw new TransientException("busy", Duration.ofHours(1), null);
              }
              return Answer.open(new FakeResource("id", "name", Map.of(), null));
            });
    Step<Wish, FakeResource> busy = Step.named("busy", gate).from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, busy);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    awaitRetries(1);
    assertThat(retries().get(0).in()).isEqualTo(Duration.ofHours(1));
    lab.clock.advance(Duration.ofHours(1));
    succeeded(run);
  }

  @Test
  void attemptsAndDueTimesSurviveARestart() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).everyTime().failBefore(CloudFailure.TRANSIENT);
    Run first = lab.engine(plan).provision(plan, ACME, Wish.none());
    awaitRetries(1);
    ProvisioningEngine engine = lab.engine(plan);
    engine.sweep();
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(1);
    lab.clock.advance(Duration.ofMinutes(1));
    awaitRetries(2);
    assertThat(retries().get(1).failedAttempt()).isEqualTo(2);
    engine = lab.engine(plan);
    Run run = engine.run(plan, ACME).orElseThrow();
    assertThat(run.id()).isEqualTo(first.id());
    lab.clock.advance(Duration.ofMinutes(2));
    assertThat(failed(run).explain()).contains("attempt=3/3");
    assertThat(lab.cloud.calls(CloudOperation.CREATE)).hasSize(3);
  }

  @Test
  void aResumeBeginsWithFreshAttempts() throws Exception {
    lab.cloud.faults().on(CloudOperation.CREATE).everyTime().failBefore(CloudFailure.TRANSIENT);
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    lab.passTime(run, Duration.ofMinutes(5));
    lab.cloud.faults().clear();
    lab.events.clear();
    Run again = engine.resume(plan, ACME);
    assertThat(again.id()).isEqualTo(run.id());
    succeeded(again);
    assertThat(lab.event(StepStarted.class).attempt()).isEqualTo(1);
  }

  // ---- time limits

  @Test
  void aStepThatIsOverItsTimeFails() throws Exception {
    Step<Wish, FakeResource> slow =
        Step.named("slow", resources)
            .timeout(Duration.ofSeconds(25))
            .retry(
                Retry.atMost(9).backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)).jitter(0))
            .from(tenant -> FakeSpec.empty().named("slow"));
    Plan<Wish> other = Plan.of("other", Wish.class, slow);
    lab.cloud.faults().on(CloudOperation.CREATE).everyTime().failBefore(CloudFailure.TRANSIENT);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    awaitRetries(1);
    lab.clock.advance(Duration.ofSeconds(10));
    awaitRetries(2);
    lab.clock.advance(Duration.ofSeconds(15));
    Outcome.Failed failed = failed(run);
    assertThat(failed.failures())
        .containsExactly(
            new StepFailure(
                "slow",
                StepFailure.Kind.TIMED_OUT,
                "The step was not done within PT25S, its timeout. The last error was: The cloud"
                    + " throttles us, by script: call 4: CREATE slow (2)"));
  }

  @Test
  void aRunThatIsOverItsTimeFailsAndCanBeResumed() throws Exception {
    Plan<Wish> limited = plan.deadline(Duration.ofSeconds(5));
    lab.cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.TRANSIENT);
    ProvisioningEngine engine = lab.engine(limited);
    Run run = engine.provision(limited, ACME, Wish.none());
    awaitRetries(1);
    lab.clock.advance(Duration.ofSeconds(5));
    assertThat(text(run, failed(run).explain()))
        .isEqualTo(
            "The run was not done within PT5S, the plan's deadline. Resume it to go on."
                + " [tenant=acme plan=plan run=RUN]\n"
                + "No step is provisioned. Begun and not finished: 'a'. Mend the cause and resume"
                + " the run, or deprovision 'acme' to undo.");
    lab.clock.advance(Duration.ofHours(1));
    succeeded(engine.resume(limited, ACME));
  }

  @Test
  void aCallThatIsOverItsTimeIsToldAndTriedAgain() throws Exception {
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE).block();
    Step<Wish, FakeResource> slow =
        Step.named("slow", resources)
            .callTimeout(Duration.ofMillis(50))
            .from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, slow);
    Run run = lab.engine(other).provision(other, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    awaitRetries(1);
    assertThat(retries().get(0).error())
        .contains("(it was told to give up: its deadline has passed)");
    hold.release();
    lab.clock.advance(Duration.ofMinutes(1));
    succeeded(run);
    assertThat(lab.cloud.existing()).hasSize(1);
  }

  @Test
  void anOperationThatFailedForGoodIsNotPolledAgainByAResume() throws Exception {
    Operations operations = new Operations();
    Step<Wish, FakeResource> step = Step.named("a", operations).from(tenant -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, step);
    ProvisioningEngine engine = lab.engine(other);
    Run run = engine.provision(other, ACME, Wish.none());
    assertThat(lab.passTime(run, Duration.ofSeconds(10))).isInstanceOf(Outcome.Failed.class);
    Run again = engine.resume(other, ACME);
    assertThat(lab.passTime(again, Duration.ofSeconds(10))).isInstanceOf(Outcome.Succeeded.class);
    assertThat(operations.polled).containsExactly("op-1", "op-2");
  }
}
