package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who does not wait for a run any more leaves nothing behind in the engine. */
final class AwaitTest {
  private static final DocumentKey KEY = new DocumentKey("test", "timed", ACME);

  @RegisterExtension final Lab lab = new Lab();
  private final Step<Wish, Opened> pause =
      Step.named("pause", Gates.timer(lab.clock)).from(tenant -> Pause.of(Duration.ofDays(1)));
  private final Plan<Wish> plan = Plan.of("timed", Wish.class, pause);

  private Core core(EngineThreads threads) {
    Settings settings =
        new Settings(
            "test",
            lab.clock,
            lab.clock.ticker(),
            new Random(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofDays(30),
            1,
            1_000_000,
            List.of(),
            Map.of());
    Registry registry = new Registry(List.of(plan), List.of());
    return new Core("waiting", settings, lab.memory, new Codec(null), registry, threads);
  }

  @Test
  void theStoreIsHardlyAskedForARunThatIsWorkedOnHere() throws Exception {
    FakeResources resources = FakeResources.on(lab.cloud);
    Step<Wish, FakeResource> slow =
        Step.named("slow", resources)
            .from(tenant -> new FakeSpec("slow", tenant.input().values(), null, false));
    Plan<Wish> busy = Plan.of("busy", Wish.class, slow);
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "slow").block();
    Run run = lab.engine(busy).provision(busy, ACME, Wish.none());
    hold.awaitReached(Lab.LONG);
    int before = lab.store.reads();
    assertThat(run.await(Duration.ofMillis(2_500))).isInstanceOf(Outcome.StillRunning.class);
    assertThat(lab.store.reads() - before).isLessThanOrEqualTo(2);
    hold.release();
    Lab.succeeded(run);
  }

  @Test
  void thatAnotherRunIsWorkedOnHereDelaysNobody() throws Exception {
    FakeResources resources = FakeResources.on(lab.cloud);
    Step<Wish, FakeResource> slow =
        Step.named("slow", resources)
            .from(tenant -> new FakeSpec("slow", tenant.input().values(), null, false));
    Plan<Wish> busy = Plan.of("busy", Wish.class, slow);
    ProvisioningEngine engine = lab.engine(busy);
    Run ended = engine.provision(busy, ACME, Wish.none());
    Lab.succeeded(ended);
    Hold hold = lab.cloud.faults().on(CloudOperation.UPDATE, "slow").block();
    Run underWay = engine.provision(busy, ACME, Wish.of("v", "2"));
    hold.awaitReached(Lab.LONG);
    assertThat(ended.await(Duration.ofSeconds(3))).isInstanceOf(Outcome.Succeeded.class);
    hold.release();
    Lab.succeeded(underWay);
  }

  @Test
  void anInterruptedWaitIsForgotten() throws Exception {
    String id = lab.engine(plan).provision(plan, ACME, Wish.none()).id();
    try (EngineThreads threads = EngineThreads.ofDefaults()) {
      Core core = core(threads);
      CompletableFuture<Document> waiting = core.ending(id);

      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> new Run(core, KEY, id).await(Lab.LONG))
          .isInstanceOf(InterruptedException.class);

      assertThat(core.ending(id)).isNotSameAs(waiting);
    }
  }

  @Test
  void aWaitThatFailsIsForgotten() throws Exception {
    try (EngineThreads threads = EngineThreads.ofDefaults()) {
      Core core = core(threads);
      CompletableFuture<Document> waiting = core.ending("gone");

      assertThatThrownBy(() -> new Run(core, KEY, "gone").await(Lab.LONG))
          .isInstanceOf(StateStoreException.class)
          .hasMessage("The state of " + KEY + " has gone from the store.");

      assertThat(core.ending("gone")).isNotSameAs(waiting);
    }
  }
}
