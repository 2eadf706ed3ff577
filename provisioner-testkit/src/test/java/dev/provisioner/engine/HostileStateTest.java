package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.provision;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.RefusedException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Documents in the store that somebody changed, and inputs of any size. */
final class HostileStateTest {
  private static final TenantId OTHER = TenantId.of("other");

  @RegisterExtension final Lab lab = new Lab();
  private final Step<Wish, FakeResource> step =
      Step.named("a", FakeResources.on(lab.cloud))
          .from(tenant -> new FakeSpec(null, tenant.input().values(), null, false));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, step);

  private static DocumentKey key(TenantId tenant) {
    return new DocumentKey("test", "plan", tenant);
  }

  /** Puts bytes in the place of a tenant's state, due at once. */
  private void plant(TenantId tenant, byte[] bytes) {
    String revision = lab.memory.read(key(tenant)).map(StateStore.Versioned::revision).orElse(null);
    Summary due = new Summary(Lifecycle.ACTIVE, RunStatus.RUNNING, 1, Instant.EPOCH, Instant.EPOCH);
    assertThat(lab.memory.write(key(tenant), revision, new StateDocument(bytes, due))).isPresent();
  }

  @Test
  void theStateOfAnotherTenantIsRefusedAndNothingOfEitherIsTouched() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("x", "1"));
    plant(OTHER, lab.document("plan").document().content());
    int effects = lab.effects().size();

    assertThatThrownBy(() -> engine.deprovision(plan, OTHER))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state of test/plan/other is that of test/plan/acme: it was copied or moved. It was"
                + " left as it is and nothing was changed. Restore it from a backup of the store.");
    assertThat(lab.effects()).hasSize(effects);
  }

  @Test
  void aHostileDocumentIsRefusedAndOtherTenantsGoOn() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    provision(engine, plan, Wish.of("x", "1"));
    String whole = lab.json("plan").replace("\"tenant\":\"acme\"", "\"tenant\":\"other\"");
    for (String hostile :
        List.of(
            "",
            "{\"schema\":1,\"x\":1e10000000001}",
            "[".repeat(100_000),
            whole.replace("\"schema\":1", "\"schema\":4294967297"),
            whole.replaceFirst("\"status\":\"SUCCEEDED\"", "\"status\":null"),
            whole.replaceFirst("\"steps\":\\{\"a\":", "\"steps\":{\"z\":null,\"a\":"))) {
      plant(OTHER, hostile.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> engine.provision(plan, OTHER, Wish.none()))
          .as(hostile.substring(0, Math.min(60, hostile.length())))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("The state of test/plan/other ")
          .hasMessageContaining("It was left as it is.");
      assertThat(lab.memory.read(key(OTHER)).orElseThrow().document().content())
          .isEqualTo(hostile.getBytes(StandardCharsets.UTF_8));
      provision(engine, plan, Wish.of("x", hostile.length() + ""));
    }
  }

  @Test
  void aQueuedRequestThatCannotBeReadFailsAndTheNextOneRuns() throws Exception {
    ProvisioningEngine first = lab.engine(plan);
    provision(first, plan, Wish.of("x", "1"));
    lab.close();
    String request =
        "{\"id\":\"%s\",\"input\":{\"values\":%s},\"inputFingerprint\":\"s1:x\",\"planVersion\":1}";
    String poisoned =
        lab.json("plan")
            .replace(
                "\"signals\":{}",
                "\"signals\":{\"requests\":["
                    + String.format(request, "bad", "5")
                    + ","
                    + String.format(request, "good", "{\"x\":\"2\"}")
                    + "]}");
    assertThat(poisoned).contains("\"values\":5");
    plant(ACME, poisoned.getBytes(StandardCharsets.UTF_8));

    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, OTHER, Wish.of("y", "1")));
    engine.sweep();
    succeeded(engine.run(plan, ACME, "good").orElseThrow());
    assertThat(engine.run(plan, ACME, "bad").orElseThrow().outcome().explain())
        .contains("The run failed.", "does not fit");
    assertThat(lab.resource("a").attributes()).containsEntry("x", "2");
  }

  @Test
  void aLongKeyInAnInputCanBeReadAgain() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    String key = "k".repeat(60_000);
    provision(engine, plan, Wish.of(key, "1"));
    int effects = lab.effects().size();
    provision(lab.engine(plan), plan, Wish.of(key, "1"));
    assertThat(lab.effects()).hasSize(effects);
  }

  @Test
  void aTenMegabyteInputIsRefusedBeforeAnythingIsCalledOrWritten() {
    ProvisioningEngine engine = lab.engine(plan);
    int writes = lab.store.writes();
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("x", "v".repeat(10_000_000))))
        .isInstanceOf(RefusedException.class)
        .hasMessageMatching(
            "The input has 100000\\d\\d bytes as JSON; at most 1000000 are allowed. Keep large values"
                + " elsewhere and pass references. \\[tenant=acme plan=plan]");
    assertThat(lab.store.writes()).isEqualTo(writes);
    assertThat(lab.effects()).isEmpty();
  }
}
