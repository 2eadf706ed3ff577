package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.DriftReport.Finding;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody waits for ever for a call that gives no answer. */
@Timeout(60)
final class NoAnswerTest {
  record Spec() {}

  record Thing() {}

  @RegisterExtension final Lab lab = new Lab();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile Runnable look = () -> {};
  private volatile Runnable description = () -> {};

  /** One call at a time, and what the test says happens in each look. */
  private final class Things implements Provisioner<Spec, Thing> {
    @Override
    public Kind<Spec, Thing> kind() {
      return Kind.of("things", Spec.class, Thing.class);
    }

    @Override
    public Found<Thing> find(Known<Spec, Thing> known, Attempt attempt) {
      look.run();
      return known.output().map(Found::ours).orElse(Found.absent());
    }

    @Override
    public Provisioned<Thing> provision(Spec spec, Attempt attempt) {
      return Provisioned.done(new Thing());
    }

    @Override
    public Removed deprovision(Known<Spec, Thing> known, Attempt attempt) {
      return Removed.gone();
    }

    @Override
    public int maxConcurrentCalls() {
      return 1;
    }
  }

  private final Things things = new Things();
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, step("a"), step("b"));

  private Step<Wish, Thing> step(String name) {
    return Step.named(name, things)
        .retry(Retry.never())
        .from(
            Wish.class,
            tenant -> {
              description.run();
              return new Spec();
            });
  }

  private static void overflows() {
    throw new StackOverflowError("as this test asked");
  }

  @Test
  void aRunFailsWhenACallEndsInAnErrorOfTheVirtualMachine() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    look = NoAnswerTest::overflows;
    Run run = engine.provision(plan, ACME, Wish.none());
    assertThat(failed(run).failures().get(0).message())
        .isEqualTo("StackOverflowError: as this test asked");
    look = () -> {};
    succeeded(engine.resume(plan, ACME));
  }

  @Test
  void aDriftCheckTellsOfAnErrorOfTheVirtualMachine() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    look = NoAnswerTest::overflows;
    assertThat(engine.drift(plan, ACME).steps())
        .extracting(DriftReport.StepDrift::finding)
        .containsExactly(Finding.UNKNOWN, Finding.UNKNOWN);
  }

  @Test
  void anErrorInADescriptionFailsItsStep() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    description = NoAnswerTest::overflows;
    assertThat(failed(engine.provision(plan, ACME, Wish.none())).failures().get(0).message())
        .isEqualTo("The spec cannot be computed: StackOverflowError: as this test asked");
  }

  @Test
  void anErrorThatHitsTheEngineLeavesTheRunToBeTakenUpAgain() throws Exception {
    Step<Wish, Thing> first = step("first");
    Step<Wish, Thing> second =
        Step.named("second", things)
            .from(
                first,
                (tenant, made) -> {
                  description.run();
                  return new Spec();
                });
    Plan<Wish> chain = Plan.of("chain", Wish.class, first, second);
    ProvisioningEngine engine = lab.engine(chain);
    look =
        () -> {
          look = () -> {};
          description =
              () -> {
                description = () -> {};
                throw new InternalError("as this test asked");
              };
        };
    Run run = engine.provision(chain, ACME, Wish.none());
    assertThat(lab.passTime(run, Duration.ofSeconds(5))).isInstanceOf(Outcome.Succeeded.class);
  }

  private void blocks() {
    asked.countDown();
    boolean released = false;
    while (!released) {
      try {
        release.await();
        released = true;
      } catch (InterruptedException e) {
        // deaf, which is what is tested
      }
    }
  }

  @Test
  void closingEndsADriftCheckThatWaits() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    look = this::blocks;
    CompletableFuture<DriftReport> report =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return engine.drift(plan, ACME);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    asked.await();
    engine.close(Duration.ZERO);
    assertThatThrownBy(() -> report.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ProvisioningException.class)
        .hasMessage(
            "The engine was closed before every backend had answered. [tenant=acme plan=plan]");
    release.countDown();
  }
}
