package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.LONG;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.error.SecretException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.secret.SecretCipher;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.CrashingStateStore;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import dev.provisioner.testkit.SettableClock;
import dev.provisioner.testkit.SimulatedCrash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are rotated, one step of the procedure after the other, and no tenant is lost. */
final class KeyRotationTest {
  private static final byte[] K1 = AesGcmCipher.generateKey();
  private static final byte[] K2 = AesGcmCipher.generateKey();
  private static final byte[] FINGERPRINT = AesGcmCipher.generateKey();
  private static final SecretCipher OLD = cipher("k1", K1).build();
  private static final SecretCipher PREPARED = cipher("k1", K1).olderKey("k2", K2).build();
  private static final SecretCipher ROTATED = cipher("k2", K2).olderKey("k1", K1).build();
  private static final SecretCipher NEW = cipher("k2", K2).build();
  private static final Duration MINUTE = Duration.ofMinutes(1);

  record Order(Secret password, String zone) {
    static Order of(String password, String zone) {
      return new Order(Secret.of(password), zone);
    }
  }

  private final SettableClock clock = SettableClock.create();
  private final FakeCloud cloud = new FakeCloud();
  private final FakeResources resources = FakeResources.builder(cloud).replaces("zone").build();
  private final Step<Order, FakeResource> moved =
      Step.named("moved", resources)
          .from(
              tenant ->
                  FakeSpec.of("zone", tenant.input().zone())
                      .withPassword(tenant.input().password())
                      .withGeneratedKey());
  private final Step<Order, FakeResource> changed =
      Step.named("changed", resources)
          .retry(Retry.atMost(9).backoff(MINUTE, MINUTE))
          .from(
              moved,
              (tenant, before) ->
                  FakeSpec.empty()
                      .named("changed-" + tenant.id())
                      .withPassword(tenant.input().password())
                      .withGeneratedKey());
  private final Plan<Order> plan = Plan.of("plan", Order.class, moved, changed);
  private final List<ProvisioningEngine> engines = new ArrayList<>();
  @TempDir private Path directory;
  private FileStateStore store;

  private static AesGcmCipher.Builder cipher(String id, byte[] key) {
    return AesGcmCipher.builder(id, key).fingerprintKey(FINGERPRINT);
  }

  @BeforeEach
  void open() {
    store = FileStateStore.open(directory);
  }

  @AfterEach
  void close() {
    engines.forEach(ProvisioningEngine::close);
    engines.clear();
    store.close();
  }

  private ProvisioningEngine engine(StateStore on, SecretCipher cipher) {
    ProvisioningEngine engine =
        ProvisioningEngine.builder(on)
            .installation("test")
            .plans(plan)
            .cipher(cipher)
            .clock(clock)
            .ticker(clock.ticker())
            .sweepInterval(on == store ? Duration.ofMillis(20) : Duration.ofHours(1))
            .build();
    engines.add(engine);
    return engine;
  }

  /** Closes the engines so far, as a restart does. */
  private ProvisioningEngine restarted(SecretCipher cipher) {
    engines.forEach(ProvisioningEngine::close);
    engines.clear();
    return engine(store, cipher);
  }

  private static Order order(String zone) {
    return Order.of("a-password-" + zone, zone);
  }

  private String json(TenantId tenant) {
    return new String(
        store.read(new DocumentKey("test", "plan", tenant)).orElseThrow().document().content(),
        StandardCharsets.UTF_8);
  }

  /** Leaves a run that waits, without a lease, with secrets in all places that can hold one. */
  private Run parkedWithEverything(ProvisioningEngine engine) throws Exception {
    succeeded(engine.provision(plan, ACME, order("a")));
    cloud.faults().on(CloudOperation.UPDATE, "changed-acme").failBefore(CloudFailure.TRANSIENT);
    engine.provision(plan, ACME, order("b"));
    Lab.await(() -> json(ACME).contains("RETRYING") && !json(ACME).contains("\"lease\":"));
    return engine.provision(
        plan, ACME, order("c"), ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE));
  }

  private static Set<String> places(String json) throws IOException {
    Set<String> places = new TreeSet<>();
    collect("", new ObjectMapper().readTree(json), places);
    return places;
  }

  private static void collect(String at, JsonNode node, Set<String> places) {
    if (node.has("$sealed")) {
      places.add(at);
    }
    node.properties()
        .forEach(member -> collect(at + "/" + member.getKey(), member.getValue(), places));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(at + "/" + i, node.get(i), places);
    }
  }

  private Outcome passTime(Run run) throws InterruptedException {
    Outcome outcome = run.await(Duration.ofMillis(50));
    long end = System.nanoTime() + LONG.toNanos();
    while (outcome instanceof Outcome.StillRunning && System.nanoTime() < end) {
      clock.advance(MINUTE);
      outcome = run.await(Duration.ofMillis(50));
    }
    return outcome;
  }

  @Test
  void everyPlaceThatHoldsASecretIsSealedAnewAndTheRunGoesOnWithoutTheOldKey() throws Exception {
    Run queued = parkedWithEverything(engine(store, OLD));
    assertThat(places(json(ACME)))
        .containsExactlyInAnyOrder(
            "/input/password",
            "/run/previousInput/password",
            "/signals/requests/0/input/password",
            "/steps/moved/current/spec/password",
            "/steps/moved/current/output/key",
            "/steps/moved/current/remembered/generated-key",
            "/steps/moved/deposed/0/spec/password",
            "/steps/moved/deposed/0/output/key",
            "/steps/moved/deposed/0/remembered/generated-key",
            "/steps/changed/current/spec/password",
            "/steps/changed/current/wanted/password",
            "/steps/changed/current/output/key",
            "/steps/changed/current/remembered/generated-key",
            "/run/tasks/ENSURE:moved/before/spec/password",
            "/run/tasks/ENSURE:moved/before/output/key",
            "/run/tasks/ENSURE:moved/before/remembered/generated-key",
            "/run/tasks/ENSURE:changed/before/spec/password",
            "/run/tasks/ENSURE:changed/before/output/key",
            "/run/tasks/ENSURE:changed/before/remembered/generated-key");

    ProvisioningEngine rotated = restarted(ROTATED);
    Set<String> before = places(json(ACME));
    assertThat(rotated.keysInUse()).isEqualTo(Map.of("k1", 1));
    assertThat(rotated.reseal()).isEqualTo(Map.of("k2", 1));
    assertThat(json(ACME)).doesNotContain("v1.k1.");
    assertThat(places(json(ACME))).isEqualTo(before);

    ProvisioningEngine newest = restarted(NEW);
    assertThat(newest.keysInUse()).isEqualTo(Map.of("k2", 1));
    Outcome outcome = passTime(newest.run(plan, ACME).orElseThrow());
    assertThat(outcome).as(outcome::explain).isInstanceOf(Outcome.Succeeded.class);
    Lab.await(() -> newest.run(plan, ACME).orElseThrow().id().equals(queued.id()));
    succeeded(newest.run(plan, ACME).orElseThrow());
    assertThat(cloud.existing())
        .extracting(each -> each.attributes().getOrDefault("zone", "-"))
        .containsExactlyInAnyOrder("c", "-");
  }

  @Test
  void afterARotationTheSameInputChangesNothing() throws Exception {
    succeeded(engine(store, OLD).provision(plan, ACME, order("a")));
    ProvisioningEngine rotated = restarted(ROTATED);
    assertThat(rotated.reseal()).isEqualTo(Map.of("k2", 1));
    String sealed = json(ACME);
    cloud.faults().clear();
    int calls = cloud.calls().size();
    assertThat(rotated.preview(plan, ACME, order("a")).changes()).isFalse();
    Outcome.Succeeded same = succeeded(restarted(NEW).provision(plan, ACME, order("a")));
    assertThat(same.output(moved).key()).isNotNull();
    assertThat(cloud.calls()).hasSize(calls);
    assertThat(json(ACME)).as("nothing was written").isEqualTo(sealed);
  }

  @Test
  void whatNeedsNothingIsNotWritten() throws Exception {
    succeeded(engine(store, OLD).provision(plan, ACME, order("a")));
    CrashingStateStore counted = CrashingStateStore.around(store);
    ProvisioningEngine rotated = engine(counted, ROTATED);
    assertThat(rotated.reseal()).isEqualTo(Map.of("k2", 1));
    assertThat(counted.writes()).isEqualTo(1);
    assertThat(rotated.reseal()).isEqualTo(Map.of("k2", 1));
    assertThat(rotated.keysInUse()).isEqualTo(Map.of("k2", 1));
    assertThat(counted.writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aCrashAtAnyReadOrWriteLosesNothingAndTheNextCallGoesOn(int point) throws Exception {
    ProvisioningEngine old = engine(store, OLD);
    List<TenantId> tenants = List.of(ACME, TenantId.of("b"), TenantId.of("c"));
    for (TenantId tenant : tenants) {
      succeeded(old.provision(plan, tenant, order("a")));
    }
    close();
    open();
    CrashPoints points = CrashPoints.at(point);
    ProvisioningEngine crashing = engine(points.store(store), ROTATED);
    assertThat(catchThrowable(crashing::reseal)).isInstanceOf(SimulatedCrash.class);
    assertThat(points.names()).hasSize(point);
    Map<String, Integer> between = engine(store, ROTATED).keysInUse();
    assertThat(between.getOrDefault("k2", 0)).as("a read and a write each").isEqualTo(point / 4);
    assertThat(engine(store, ROTATED).reseal()).isEqualTo(Map.of("k2", 3));
    ProvisioningEngine newest = engine(store, NEW);
    for (TenantId tenant : tenants) {
      assertThat(newest.output(plan, tenant, moved).orElseThrow().key()).isNotNull();
    }
  }

  @Test
  void aLostAnswerIsReadBack() throws Exception {
    succeeded(engine(store, OLD).provision(plan, ACME, order("a")));
    CrashingStateStore lossy = CrashingStateStore.around(store).loseAnswerOfWrite(1);
    assertThat(engine(lossy, ROTATED).reseal()).isEqualTo(Map.of("k2", 1));
    assertThat(lossy.writes()).isEqualTo(1);
  }

  @Test
  void whatARunWorksOnIsLeftUntilItHasEnded() throws Exception {
    ProvisioningEngine old = engine(store, OLD);
    Hold hold = cloud.faults().on(CloudOperation.CREATE, "changed-acme").block();
    Run run = old.provision(plan, ACME, order("a"));
    hold.awaitReached(LONG);
    String during = json(ACME);
    ProvisioningEngine rotated = engine(store, ROTATED);
    assertThat(rotated.reseal()).isEqualTo(Map.of("k1", 1));
    assertThat(json(ACME)).isEqualTo(during);
    hold.release();
    succeeded(run);
    assertThat(rotated.reseal()).isEqualTo(Map.of("k2", 1));
  }

  @Test
  void runsThatBeginAndEndMeanwhileLoseNothing() throws Exception {
    ProvisioningEngine first = engine(store, PREPARED);
    ProvisioningEngine second = engine(store, ROTATED);
    Order last = order("0");
    for (int i = 1; i <= 12; i++) {
      last = order(Integer.toString(i));
      Run run = (i % 2 == 0 ? first : second).provision(plan, ACME, last);
      while (run.await(Duration.ZERO) instanceof Outcome.StillRunning) {
        second.reseal();
      }
      succeeded(run);
    }
    assertThat(second.reseal()).isEqualTo(Map.of("k2", 1));
    int calls = cloud.calls().size();
    succeeded(restarted(NEW).provision(plan, ACME, last));
    assertThat(cloud.calls()).as("what was recorded is what stands").hasSize(calls);
    assertThat(cloud.existing()).hasSize(2);
  }

  @Test
  void anEngineThatDoesNotKnowTheNewKeyYetSaysSoAndHarmsNothing() throws Exception {
    succeeded(engine(store, NEW).provision(plan, ACME, order("a")));
    String sealed = json(ACME);
    ProvisioningEngine old = engine(store, OLD);
    String where = " [tenant=acme plan=plan]";
    assertThatThrownBy(() -> old.output(plan, ACME, moved))
        .isInstanceOf(SecretException.class)
        .hasMessage("The secret in field 'key' does not open. " + unknown("k2", "k1") + where);
    assertThat(old.keysInUse()).isEqualTo(Map.of("k2", 1));
    assertThatThrownBy(old::reseal)
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "1 tenant(s) could not be sealed anew and are left as they were; the others are done."
                + " The first: The secret in field 'password' does not open. "
                + unknown("k2", "k1")
                + where);
    assertThat(json(ACME)).isEqualTo(sealed);
    Outcome.Failed failed = failed(old.provision(plan, ACME, order("a")));
    assertThat(failed.failures().get(0).message())
        .isEqualTo(
            "The spec cannot be computed: The secret in field 'key' does not open. "
                + unknown("k2", "k1"));
    succeeded(restarted(PREPARED).resume(plan, ACME));
    assertThat(cloud.effects()).as("made once, and nothing else").hasSize(2);
  }

  private static String unknown(String key, String known) {
    return "A value was sealed with key '"
        + key
        + "', which is not among the known keys ["
        + known
        + "]. Add it with olderKey(...) or to the keyring file, and restart this engine.";
  }

  @Test
  void aKeyThatWasRemovedTooEarlyIsNamedAndPuttingItBackHeals() throws Exception {
    succeeded(engine(store, OLD).provision(plan, ACME, order("a")));
    ProvisioningEngine early = restarted(NEW);
    Outcome.Failed update = failed(early.provision(plan, ACME, order("b")));
    assertThat(update.failures().get(0).message())
        .isEqualTo(
            "The change cannot be judged: The secret in field 'password' does not open. "
                + unknown("k1", "k2"));
    assertThat(update.explain()).contains("tenant=acme plan=plan step=moved");
    Outcome.Failed removal = failed(early.deprovision(plan, ACME));
    assertThat(removal.failures().get(0).message())
        .isEqualTo("The secret in field 'password' does not open. " + unknown("k1", "k2"));
    assertThat(cloud.existing()).hasSize(2);

    ProvisioningEngine healed = restarted(ROTATED);
    assertThat(healed.keysInUse()).isEqualTo(Map.of("k1", 1, "k2", 1));
    assertThat(healed.reseal()).isEqualTo(Map.of("k2", 1));
    succeeded(restarted(NEW).deprovision(plan, ACME));
    assertThat(cloud.existing()).isEmpty();
  }

  @Test
  void anotherKeyOfTheSameIdIsToldAndHarmsNothing() throws Exception {
    succeeded(engine(store, OLD).provision(plan, ACME, order("a")));
    String sealed = json(ACME);
    ProvisioningEngine wrong = restarted(cipher("k2", K2).olderKey("k1", K2.clone()).build());
    assertThatThrownBy(wrong::reseal)
        .hasMessageContaining("A sealed value does not open with key 'k1': it was changed,")
        .hasMessageEndingWith("[tenant=acme plan=plan]");
    assertThat(json(ACME)).isEqualTo(sealed);
    assertThat(restarted(ROTATED).reseal()).isEqualTo(Map.of("k2", 1));
  }

  @Test
  void oneTenantThatCannotBeSealedAnewHoldsUpNoOther() throws Exception {
    succeeded(
        engine(store, cipher("k3", AesGcmCipher.generateKey()).build())
            .provision(plan, TenantId.of("aaa"), order("a")));
    ProvisioningEngine old = restarted(OLD);
    succeeded(old.provision(plan, ACME, order("a")));
    assertThatThrownBy(() -> restarted(ROTATED).reseal())
        .hasMessageStartingWith("1 tenant(s) could not be sealed anew")
        .hasMessageEndingWith("[tenant=aaa plan=plan]");
    assertThat(json(ACME)).doesNotContain("v1.k1.");
  }

  @Test
  void whatWasPurgedNeedsNoKey() throws Exception {
    ProvisioningEngine engine = engine(store, OLD);
    succeeded(engine.provision(plan, ACME, order("a")));
    succeeded(engine.deprovision(plan, ACME));
    assertThat(engine.keysInUse()).isEqualTo(Map.of("k1", 1));
    succeeded(engine.purge(plan, ACME));
    assertThat(engine.keysInUse()).isEmpty();
    assertThat(places(json(ACME))).isEmpty();
    assertThat(json(ACME)).as("nor is the rest of the input kept").doesNotContain("\"zone\"");
  }
}
