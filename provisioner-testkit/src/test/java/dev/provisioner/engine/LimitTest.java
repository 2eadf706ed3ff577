package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static dev.provisioner.engine.Lab.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.RefusedException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What does not fit or cannot be read, and what a run's report says. */
final class LimitTest {
  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .retry(Retry.atMost(2).backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)).jitter(0))
          .from(tenant -> FakeSpec.empty().named("a"));
  private final Step<Wish, FakeResource> big =
      Step.named("big", resources)
          .from(
              tenant ->
                  FakeSpec.of("big", "x".repeat(Integer.parseInt(tenant.input().get("size")))));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a);

  // ---- sizes

  @Test
  void anInputThatIsTooLargeIsRefused() {
    ProvisioningEngine engine = lab.start(lab.builder(plan).maxDocumentBytes(10_000));
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "x".repeat(10_000))))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "The input has 10019 bytes as JSON; at most 10000 are allowed. Keep large values"
                + " elsewhere and pass references. [tenant=acme plan=plan]");
    assertThat(lab.store.writes()).isZero();
  }

  @Test
  void aSpecThatIsTooLargeFailsBeforeItsFirstCall() throws Exception {
    Plan<Wish> other = Plan.of("other", Wish.class, big);
    ProvisioningEngine engine = lab.start(lab.builder(other).maxDocumentBytes(10_000));
    Run run = engine.provision(other, ACME, Wish.of("size", "20000"));
    assertThat(failed(run).failures().get(0).message())
        .matches(
            "The spec has 200\\d\\d bytes as JSON and the tenant's state has room for \\d+ more\\."
                + " Keep large values elsewhere, or raise maxDocumentBytes\\.");
    assertThat(lab.cloud.calls()).isEmpty();
  }

  // ---- what cannot be read

  private void overwrite(String content) {
    DocumentKey key = new DocumentKey("test", "plan", ACME);
    StateStore.Versioned there = lab.document("plan");
    assertThat(
            lab.memory.write(
                key,
                there.revision(),
                new StateDocument(
                    content.getBytes(StandardCharsets.UTF_8), there.document().summary())))
        .isPresent();
  }

  @Test
  void anUnknownSchemaIsRefusedAndLeftAsItIs() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    String newer = lab.json("plan").replace("\"schema\":1", "\"schema\":7");
    overwrite(newer);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "1")))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state of test/plan/acme has schema version 7; this release reads version 1. It was"
                + " left as it is. Use the release that wrote it, or a newer one.");
    assertThatThrownBy(() -> engine.deprovision(plan, ACME))
        .isInstanceOf(StateStoreException.class);
    engine.cancel(Plan.of("none", Wish.class, a), ACME);
    assertThat(lab.json("plan")).isEqualTo(newer);
  }

  @Test
  void aDamagedDocumentIsSaidToBe() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.none());
    overwrite("{\"schema\":1,\"steps\":7");
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.none()))
        .isInstanceOf(StateStoreException.class)
        .hasMessageMatching(
            "The state of test/plan/acme is damaged: it is no JSON document of this library"
                + " \\(Json\\w+\\)\\. It was left as it is\\. Restore it from a backup of the"
                + " store\\.");
    overwrite("{\"schema\":1,\"steps\":7}");
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.none()))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("is damaged");
    overwrite("{\"schema\":1}");
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.none()))
        .isInstanceOf(StateStoreException.class)
        .hasMessageContaining("is damaged")
        .hasMessageContaining("(it has no installation)");
    assertThat(lab.json("plan")).isEqualTo("{\"schema\":1}");
  }

  // ---- reports

  @Test
  void aReportTellsTheWholeRun() throws Exception {
    Step<Wish, FakeResource> b =
        Step.named("b", resources)
            .retry(Retry.never())
            .from(a, (tenant, one) -> FakeSpec.empty().named("b"));
    Step<Wish, FakeResource> c =
        Step.named("c", resources).from(b, (tenant, one) -> FakeSpec.empty().named("c"));
    Step<Wish, FakeResource> none =
        Step.named("none", resources)
            .from(Wish.class, tenant -> FakeSpec.empty())
            .onlyIf(tenant -> false);
    Plan<Wish> other = Plan.of("other", Wish.class, a, b, c, none).version(3);
    lab.cloud.faults().on(CloudOperation.CREATE, "a").failBefore(CloudFailure.TRANSIENT);
    lab.cloud.faults().on(CloudOperation.CREATE, "b").failBefore(CloudFailure.PERMANENT);
    ProvisioningEngine engine = lab.engine(other);
    Run run = engine.provision(other, ACME, Wish.none());
    lab.event(StepRetrying.class);
    lab.clock.advance(Duration.ofSeconds(10));
    failed(run);
    assertThat(text(run, run.report()))
        .isEqualTo(
            """
            Provision of tenant acme, plan other version 3: failed
            run RUN, began 2026-01-01T00:00:00Z, took 10.000s
                 +0.000s a                                     created          10.000s  retried 1 time(s)  last error: The cloud throttles us, by script: call 2: CREATE a (1)
                +10.000s b                                     failed            0.000s
                       - c                                     stopped                   it comes after 'b', which is not done
                 +0.000s none                                  skipped           0.000s
            failed: The cloud refuses, by script: call 6: CREATE b (1) [tenant=acme plan=other step=b run=RUN attempt=1/1]
            Provisioned and kept: 'a'. Begun and not finished: 'b'.
            """);
    succeeded(engine.resume(other, ACME));
    assertThat(text(run, run.report()))
        .isEqualTo(
            """
            Provision of tenant acme, plan other version 3: succeeded
            run RUN, began 2026-01-01T00:00:00Z, took 10.000s, gone on with 1 time(s)
                 +0.000s a                                     created          10.000s  retried 1 time(s)  last error: The cloud throttles us, by script: call 2: CREATE a (1)
                +10.000s b                                     created           0.000s  last error: The cloud refuses, by script: call 6: CREATE b (1)
                +10.000s c                                     created           0.000s
                 +0.000s none                                  skipped           0.000s
            Provisioned and kept: 'a', 'b', 'c'.
            """);
  }

  @Test
  void aReportOfAnEarlierRunSaysHowItEnded() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run first = engine.provision(plan, ACME, Wish.none());
    succeeded(first);
    Run second = engine.deprovision(plan, ACME);
    succeeded(second);
    assertThat(text(second, second.report()))
        .isEqualTo(
            """
            Deprovision of tenant acme, plan plan version 1: succeeded
            run RUN, began 2026-01-01T00:00:00Z, took 0.000s
                 +0.000s a                            remove   removed           0.000s
            Nothing stands.
            """);
    assertThat(first.report()).isEqualTo("The run succeeded. Another run has begun since.");
  }
}
