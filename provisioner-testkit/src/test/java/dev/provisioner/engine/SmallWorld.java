package dev.provisioner.engine;

import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudEffect;
import dev.provisioner.testkit.CloudOwner;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.ManualThreads;
import dev.provisioner.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A store, a cloud and a clock that outlive engines, and a small plan that has one of everything: a
 * diamond, a gate, what is replaced, removed, conditional, retained, pending, and what remembers a
 * key before it is made.
 */
final class SmallWorld {
  static final TenantId ACME = TenantId.of("acme");
  static final String FOREIGN = "somebody-elses";

  record Wish(String region, String zone, boolean analytics, boolean rollBack) {}

  private static final AesGcmCipher CIPHER =
      AesGcmCipher.builder("k", AesGcmCipher.generateKey())
          .fingerprintKey(AesGcmCipher.generateKey())
          .build();

  final FakeCloud cloud = new FakeCloud();
  final SettableClock clock = SettableClock.create();
  final StateStore store;

  SmallWorld(StateStore store) {
    this.store = store;
    cloud.plant("fake-resources", FOREIGN, null, Map.of("a", "b"));
  }

  /** One engine, its threads, and its own plans on provisioners that can crash. */
  final class Node {
    final CrashPoints points;
    final ManualThreads threads = ManualThreads.drivingWithinCalls(clock);
    final Plan<Wish> plan;
    final ProvisioningEngine engine;

    Node(CrashPoints points, long version, OnFailure onFailure) {
      this.points = points;
      this.plan = plan(points, version).onFailure(onFailure);
      this.engine =
          ProvisioningEngine.builder(points.store(store))
              .installation("test")
              .plans(plan)
              .cipher(CIPHER)
              .clock(clock)
              .ticker(clock.ticker())
              .random(new Random(7))
              .threads(threads)
              .build();
    }

    /** Runs until nothing is under way; gates open when their time has come. */
    void finish() {
      threads.runUntil(() -> !document().underWay() && ready(), Duration.ofHours(1));
    }

    private boolean ready() {
      return document().signals().requests().isEmpty();
    }

    void close() {
      try {
        engine.close(Duration.ZERO);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Node node(CrashPoints points, long version) {
    return new Node(points, version, OnFailure.KEEP);
  }

  private Plan<Wish> plan(CrashPoints points, long version) {
    Provisioner<FakeSpec, FakeResource> simple =
        points.provisioner(FakeResources.builder(cloud).replaces("zone").recreates("once").build());
    Provisioner<FakeSpec, FakeResource> slow =
        points.provisioner(FakeResources.builder(cloud).id("slow").pending(2).build());
    Provisioner<Pause, Opened> timer = points.provisioner(Gates.timer(clock));
    Step<Wish, FakeResource> network =
        Step.named("network", simple).from(t -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> bucket =
        Step.named("bucket", simple)
            .from(network, (t, net) -> FakeSpec.of("zone", t.input().zone()).withGeneratedKey());
    Step<Wish, FakeResource> role =
        Step.named("role", simple)
            .retry(Retry.atMost(6).backoff(Duration.ofMillis(100), Duration.ofSeconds(1)))
            .from(network, (t, net) -> FakeSpec.of("once", t.input().zone()).named("the-role"));
    Step<Wish, Opened> gate =
        Step.named("gate", timer).from(network, (t, net) -> Pause.of(Duration.ofSeconds(30)));
    Step<Wish, FakeResource> cluster =
        Step.named("cluster", slow)
            .<Wish, Opened>from(gate, (t, open) -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> sync =
        Step.named("sync", simple)
            .from(
                bucket,
                role,
                (t, b, r) ->
                    FakeSpec.of("bucket", b.name()).with("role", r.name()).named("the-sync"))
            .onlyIf(t -> t.input().analytics());
    Step<Wish, FakeResource> archive =
        Step.named("archive", simple)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(network, (t, net) -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> legacy =
        Step.named("legacy", slow).from(network, (t, net) -> FakeSpec.of("old", "yes"));
    Plan<Wish> plan =
        version == 1
            ? Plan.of(
                "small", Wish.class, network, bucket, role, gate, cluster, sync, archive, legacy)
            : Plan.of("small", Wish.class, network, bucket, role, gate, cluster, sync, archive);
    return plan.version(version);
  }

  // ---- what stands

  boolean recorded() {
    return store.read(key()).isPresent();
  }

  Document document() {
    return DocumentFormat.read(
        store.read(key()).orElseThrow().document().content(), key().toString());
  }

  DocumentKey key() {
    return new DocumentKey("test", "small", ACME);
  }

  /** Returns the state without what rightly differs: ids, times, counts of tries. */
  String state() {
    return normal(false);
  }

  /** Returns the state without the run and what is left to chance in it. */
  String stateOfSteps() {
    return normal(true);
  }

  private String normal(boolean stepsOnly) {
    String json =
        new String(store.read(key()).orElseThrow().document().content(), StandardCharsets.UTF_8);
    if (stepsOnly) {
      json = json.substring(0, json.indexOf("\"run\":"));
    }
    return json.replaceAll("\"id-\\d+\"", "\"id\"")
        .replaceAll(
            "\"(id|writeId|nonce|fingerprint|inputFingerprint|wantedFingerprint|previousFingerprint"
                + "|startedAt|endedAt|dueAt|retainedUntil|generated-key|key|at|deadline)\":"
                + "(\"[^\"]*\"|\\{[^{}]*\\}|null)",
            "\"$1\":_")
        .replaceAll("\"(token|heartbeat|resumes|events|retries|failures)\":\\d+", "\"$1\":_")
        .replaceAll(",\"error\":(null|\\{[^}]*\\})", "")
        .replaceAll("call \\d+:", "call:")
        .replaceAll("\\(\\d+\\)", "(n)")
        .replace(",", ",\n");
  }

  /** Returns what each step has in the cloud, and how often it was made, changed and removed. */
  Map<String, String> effects() {
    Map<String, String> effects = new TreeMap<>();
    for (CloudEffect effect : cloud.effects()) {
      String step = effect.resource().owner().map(CloudOwner::step).orElse("?");
      String sign = effect.before() == null ? "+" : effect.after() == null ? "-" : "~";
      effects.merge(step, sign, String::concat);
    }
    return effects;
  }

  /** Returns what stands in the cloud: the steps, with attributes. */
  Map<String, String> standing() {
    Map<String, String> standing = new TreeMap<>();
    cloud
        .existing()
        .forEach(
            each -> {
              Map<String, String> attributes = new TreeMap<>(each.attributes());
              attributes.replace("fake:key", "_");
              standing.merge(
                  each.owner().map(CloudOwner::step).orElse("?"),
                  attributes.toString(),
                  (a, b) -> a + " and " + b);
            });
    return standing;
  }
}
