package dev.provisioner.jdbc.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.EngineBuilder;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.jdbc.JdbcStateStore;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Kind;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Nodes on one database, and the cloud they work on. */
final class Cluster implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] KEY = AesGcmCipher.generateKey();
  private static final byte[] FINGERPRINT_KEY = AesGcmCipher.generateKey();

  /** What a tenant orders. */
  record Order(String value, Secret password) {}

  record Question(String text) {}

  final FakeCloud cloud = new FakeCloud();
  private final FakeResources resources = FakeResources.on(cloud);
  final Step<Order, FakeResource> thing =
      Step.named("thing", resources)
          .onDeprovision(OnDeprovision.RETAIN)
          .retry(Retry.never())
          .from(
              tenant ->
                  new FakeSpec(
                      tenant.id().value(), Map.of("v", tenant.input().value()), null, false));
  final Plan<Order> plan = Plan.of("plan", Order.class, thing);
  volatile boolean open;
  private final Step<Order, Opened> gate =
      Step.named(
              "gate",
              Gates.polling(
                  Kind.of("world", Question.class, Opened.class),
                  Duration.ofMillis(500),
                  (question, attempt) ->
                      open ? Answer.open(new Opened(Instant.EPOCH)) : Answer.notYet("the world")))
          .from(tenant -> new Question("open?"));
  final Plan<Order> gated = Plan.of("gated", Order.class, gate);
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** A node of the host. */
  record Node(ProvisioningEngine engine, JobQueue queue) implements AutoCloseable {
    @Override
    public void close() {
      queue.close();
      engine.close();
    }
  }

  static Order order(String value) {
    return new Order(value, Secret.of("canary-in-the-input"));
  }

  Node node(DataSource dataSource) {
    return node(dataSource, queue -> queue);
  }

  Node node(DataSource dataSource, UnaryOperator<JobQueueBuilder> settings) {
    return node(dataSource, settings, engine -> engine.plans(plan, gated));
  }

  Node node(
      DataSource dataSource,
      UnaryOperator<JobQueueBuilder> settings,
      UnaryOperator<EngineBuilder> engineSettings) {
    StateStore store = JdbcStateStore.on(dataSource).createTables().open();
    ProvisioningEngine engine =
        engineSettings
            .apply(
                ProvisioningEngine.builder(store)
                    .installation("test")
                    .lease(Duration.ofSeconds(2))
                    .callTimeout(Duration.ofSeconds(2))
                    .sweepInterval(Duration.ofMillis(200))
                    .cipher(AesGcmCipher.builder("k", KEY).fingerprintKey(FINGERPRINT_KEY).build()))
            .build();
    JobQueue queue =
        settings
            .apply(
                JobQueue.on(dataSource, engine)
                    .pollInterval(Duration.ofMillis(200))
                    .takeover(Duration.ofSeconds(6)))
            .open();
    Node node = new Node(engine, queue);
    opened.add(0, store);
    opened.add(0, node);
    return node;
  }

  JobRequest provision(String tenant, String value) {
    return JobRequest.provision(plan, TenantId.of(tenant), order(value));
  }

  /** Returns what the cloud did for a tenant, such as the values that were set, in their order. */
  List<String> values(String tenant) {
    return cloud.effects().stream()
        .filter(effect -> effect.resource().name().equals(tenant))
        .map(effect -> effect.resource().attributes().getOrDefault("v", "?"))
        .toList();
  }

  static Job ended(JobQueue queue, String id) throws InterruptedException {
    Job job = queue.await(id, LONG);
    assertThat(job.status().hasEnded()).as("%s", job).isTrue();
    return job;
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
  }
}
