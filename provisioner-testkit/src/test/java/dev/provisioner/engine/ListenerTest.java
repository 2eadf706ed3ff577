package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.event.ProvisioningEvent.StepStarted;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Kind;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What the engine tells. */
final class ListenerTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .from(tenant -> new FakeSpec(null, tenant.input().values(), null, false));
  private final Step<Wish, FakeResource> b =
      Step.named("b", resources).from(a, (tenant, one) -> FakeSpec.of("read", one.id()));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a, b);

  private void awaitEnds(int count) throws InterruptedException {
    Lab.await(() -> lab.events.stream().filter(RunEnded.class::isInstance).count() == count);
  }

  @Test
  void sequenceNumbersRiseByOneAcrossRunsAndEngines() throws Exception {
    provision(lab.engine(plan), plan, Wish.none());
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("v", "1"));
    succeeded(engine.deprovision(plan, ACME));
    awaitEnds(3);
    List<Long> recorded =
        lab.events.stream()
            .filter(event -> !(event instanceof StepStarted))
            .map(event -> event.header().sequence())
            .toList();
    assertThat(recorded).isEqualTo(LongStream.rangeClosed(1, recorded.size()).boxed().toList());
  }

  @Test
  void whatIsNotRecordedTakesNoNumberThatIsGivenAgainAfterACrash() throws Exception {
    provision(lab.engine(plan), plan, Wish.none());
    awaitEnds(1);
    assertThat(lab.events)
        .extracting(event -> event.header().sequence())
        .containsExactly(1L, 1L, 2L, 2L, 3L, 4L);
  }

  @Test
  void theStoryOfARunIsToldInOrder() throws Exception {
    provision(lab.engine(plan), plan, Wish.none());
    awaitEnds(1);
    assertThat(lab.events)
        .extracting(ProvisioningEvent::describe)
        .containsExactly(
            "provision began",
            "a: create",
            "a: created",
            "b: create",
            "b: created",
            "provision succeeded: 2 created");
    assertThat(lab.events)
        .allMatch(event -> event.header().installation().equals("test"))
        .allMatch(event -> event.header().at().equals(lab.clock.instant()));
  }

  @Test
  void progressCountsWhatIsDone() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.none());
    succeeded(run);
    awaitEnds(1);
    List<Progress> progress =
        lab.events.stream()
            .filter(StepDone.class::isInstance)
            .map(event -> ((StepDone) event).progress())
            .toList();
    assertThat(progress).extracting(Progress::completed).containsExactly(1, 2);
    assertThat(progress).extracting(Progress::total).containsExactly(2, 2);
    assertThat(progress).extracting(Progress::percent).containsExactly(50, 100);
    assertThat(run.progress()).isEqualTo(new Progress(List.of(), 2, 2));
  }

  @Test
  void aThrowingAndABlockedListenerHarmNobody() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    lab.close();
    ProvisioningEngine engine =
        lab.start(
            lab.builder(plan)
                .listener(
                    event -> {
                      throw new IllegalStateException("a listener's fault");
                    })
                .listener(
                    event -> {
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    provision(engine, plan, Wish.none());
    awaitEnds(1);
    assertThat(lab.events).hasSize(6);
    never.countDown();
  }

  @Test
  void aProvisionersOwnLogLineSaysWhoItIsForAndItsProgressIsTold() throws Exception {
    var talking =
        Gates.<FakeSpec, FakeResource>polling(
            Kind.of("talking", FakeSpec.class, FakeResource.class),
            Duration.ofSeconds(1),
            (spec, attempt) -> {
              LoggerFactory.getLogger("host.provisioner").info("my own line");
              attempt.progress(1, 3, "one of three");
              return Answer.open(new FakeResource("id", "name", Map.of(), null));
            });
    Step<Wish, FakeResource> step = Step.named("talks", talking).from(t -> FakeSpec.empty());
    Plan<Wish> other = Plan.of("other", Wish.class, step);
    try (LogLines log = LogLines.capture()) {
      Run run = lab.engine(other).provision(other, ACME, Wish.none());
      succeeded(run);
      ILoggingEvent line =
          log.events.stream()
              .filter(event -> event.getMessage().equals("my own line"))
              .findFirst()
              .orElseThrow();
      assertThat(line.getMDCPropertyMap())
          .containsAllEntriesOf(
              Map.of(
                  "tenant", "acme", "plan", "other", "run", run.id(), "step", "talks", "attempt",
                  "1"));
    }
    assertThat(lab.event(StepProgressed.class).describe()).isEqualTo("talks: one of three (1/3)");
  }
}
