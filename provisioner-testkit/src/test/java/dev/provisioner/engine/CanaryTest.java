package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.provisioner.engine.Gossip.Login;
import dev.provisioner.engine.Gossip.Mode;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.error.RefusedException;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.SecretCanary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Secrets are looked for in all that an engine writes, logs, tells and throws, whatever a
 * provisioner says, and none is found.
 */
final class CanaryTest {
  record Signup(String user, Secret password, Map<String, Login> logins) {}

  @RegisterExtension final Lab lab = new Lab();
  @TempDir private Path directory;
  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k1", AesGcmCipher.generateKey())
          .fingerprintKey(AesGcmCipher.generateKey())
          .build();
  private final Gossip gossip = new Gossip();
  private final SecretCanary password = SecretCanary.create();
  private final SecretCanary nested = SecretCanary.create();
  private final SecretCanary next = SecretCanary.create();
  private final Step<Signup, Gossip.Account> account =
      Step.named("account", gossip)
          .retry(Retry.atMost(2).backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
          .from(CanaryTest::spec);
  private final Step<Signup, Gossip.Account> reader =
      Step.named("reader", gossip)
          .retry(Retry.never())
          .from(
              account,
              (tenant, made) ->
                  new Gossip.Spec("reader", made.token(), made.more(), Map.of("t", made.token())));
  private final Plan<Signup> plan = Plan.of("plan", Signup.class, account, reader);
  private final List<Object> seen = new ArrayList<>();
  private LogLines log;
  private FileStateStore store;

  @BeforeEach
  void begin() {
    log = LogLines.capture();
    store = FileStateStore.open(directory.resolve("store"));
  }

  @AfterEach
  void end() {
    lab.close();
    log.close();
    store.close();
  }

  private static Gossip.Spec spec(Tenant<Signup> tenant) {
    Signup signup = tenant.input();
    return new Gossip.Spec(
        signup.user(),
        signup.password(),
        List.copyOf(signup.logins().values()),
        Map.of("primary", signup.password()));
  }

  private Signup signup() {
    return new Signup("ann", password.secret(), Map.of("x", new Login("bob", nested.secret())));
  }

  private Signup changed() {
    return new Signup("ann", next.secret(), Map.of("x", new Login("bob", nested.secret())));
  }

  private ProvisioningEngine engine(Plan<?>... plans) {
    return engine(store, plans);
  }

  private ProvisioningEngine engine(StateStore on, Plan<?>... plans) {
    return lab.start(
        ProvisioningEngine.builder(on)
            .installation("test")
            .plans(plans)
            .cipher(cipher)
            .clock(lab.clock)
            .ticker(lab.clock.ticker())
            .sweepInterval(Duration.ofMillis(20))
            .cancelGrace(Duration.ofMillis(50))
            .listener(lab));
  }

  /** Lets a run end, or wait for a while, and keeps all that can be asked of it. */
  private Outcome ended(ProvisioningEngine engine, Plan<Signup> of, Run run) throws Exception {
    Outcome outcome = run.await(Duration.ofMillis(300));
    for (int i = 0; i < 5 && outcome instanceof Outcome.StillRunning; i++) {
      lab.clock.advance(Duration.ofSeconds(3));
      outcome = run.await(Duration.ofMillis(300));
    }
    see(outcome, outcome.explain(), run, run.report(), run.progress());
    see(engine, engine.status(of, ACME).orElseThrow());
    see(engine.preview(of, ACME, changed()), of, of.steps(signup()));
    if (!(outcome instanceof Outcome.StillRunning)) {
      see(engine.drift(of, ACME));
    }
    return outcome;
  }

  private void see(Object... things) {
    seen.addAll(List.of(things));
  }

  /** Searches everything there is, and makes sure that it was worth it. */
  private void assertNothingShows() {
    search();
    assertThat(lab.events.toString() + log.text()).contains(Secret.REDACTED);
  }

  private void search() {
    for (var event : lab.events) {
      see(event, event.describe());
    }
    see(directory, log.text(), cipher, store);
    Object[] all = seen.toArray();
    for (SecretCanary canary : List.of(password, nested, next, gossip.token, gossip.remembered)) {
      canary.assertNotIn(all);
    }
  }

  @Test
  void aWholeLifeShowsNoSecret() throws Exception {
    ProvisioningEngine engine = engine(plan);
    Outcome made = ended(engine, plan, engine.provision(plan, ACME, signup()));
    assertThat(((Outcome.Succeeded) made).output(account).token()).isEqualTo(gossip.token.secret());
    see(((Outcome.Succeeded) made).output(reader));
    assertThat(ended(engine, plan, engine.provision(plan, ACME, changed())))
        .isInstanceOf(Outcome.Succeeded.class);
    gossip.mode = Mode.REPLACES;
    assertThat(ended(engine, plan, engine.provision(plan, ACME, signup())))
        .isInstanceOf(Outcome.Succeeded.class);
    gossip.mode = Mode.THROWS_IO;
    assertThat(ended(engine, plan, engine.deprovision(plan, ACME)))
        .isInstanceOf(Outcome.Failed.class);
    gossip.mode = Mode.HANDLE_OF_REMOVAL;
    assertThat(ended(engine, plan, engine.resume(plan, ACME))).isInstanceOf(Outcome.Failed.class);
    gossip.mode = Mode.WELL;
    assertThat(engine.resume(plan, ACME).await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    assertNothingShows();
    assertThat(engine.purge(plan, ACME).await(LONG)).isInstanceOf(Outcome.Succeeded.class);
    assertThat(engine.keysInUse()).as("not even sealed").isEmpty();
    assertNothingShows();
  }

  @ParameterizedTest
  @EnumSource
  void whateverItSaysOfANewAccountShowsNoSecret(Mode mode) throws Exception {
    gossip.mode = mode;
    ProvisioningEngine engine = engine(plan);
    Run run = engine.provision(plan, ACME, signup());
    if (mode == Mode.ON_CANCEL) {
      Lab.await(() -> lab.events.toString().contains("StepProgressed"));
      run.cancel();
    }
    ended(engine, plan, run);
    assertNothingShows();
  }

  @ParameterizedTest
  @EnumSource
  void whateverItSaysOfAnotherPasswordShowsNoSecret(Mode mode) throws Exception {
    ProvisioningEngine engine = engine(plan);
    ended(engine, plan, engine.provision(plan, ACME, signup()));
    gossip.mode = mode == Mode.ON_CANCEL ? Mode.WELL : mode;
    ended(engine, plan, engine.provision(plan, ACME, changed()));
    assertNothingShows();
  }

  @Test
  void aRollBackShowsNoSecret() throws Exception {
    Plan<Signup> strict = Plan.of("plan", Signup.class, account).onFailure(OnFailure.ROLL_BACK);
    ProvisioningEngine engine = engine(strict);
    ended(engine, strict, engine.provision(strict, ACME, signup()));
    gossip.mode = Mode.THROWS_IO;
    ended(engine, strict, engine.provision(strict, ACME, changed()));
    assertNothingShows();
  }

  @Test
  void aQueuedRequestAndACancelledRunShowNoSecret() throws Exception {
    gossip.mode = Mode.BUSY;
    ProvisioningEngine engine = engine(plan);
    Run first = engine.provision(plan, ACME, signup());
    Run queued =
        engine.provision(
            plan, ACME, changed(), ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE));
    Throwable refused = catchThrowable(() -> engine.provision(plan, ACME, signup()));
    assertThat(refused).isInstanceOf(RefusedException.class);
    see(refused, queued, queued.outcome());
    search();
    gossip.mode = Mode.WELL;
    first.cancel();
    ended(engine, plan, queued);
    see(first.outcome());
    assertNothingShows();
  }

  @Test
  void aCrashAtAnyWriteAndWhatGoesOnShowNoSecret() throws Exception {
    int point = 0;
    for (boolean crashed = true; crashed; ) {
      point++;
      CrashPoints points = CrashPoints.at(point);
      ProvisioningEngine crashing = engine(points.store(store), plan);
      Throwable thrown =
          catchThrowable(() -> ended(crashing, plan, crashing.provision(plan, ACME, changed())));
      see(String.valueOf(thrown));
      crashed = points.crashed();
      lab.close();
      ProvisioningEngine engine = engine(plan);
      for (Signup asked : List.of(changed(), signup())) {
        assertThat(ended(engine, plan, engine.provision(plan, ACME, asked)))
            .isInstanceOf(Outcome.Succeeded.class);
      }
      lab.close();
    }
    assertThat(point).as("an update has more than one write to crash at").isGreaterThan(4);
    assertNothingShows();
  }

  @Test
  void whatHostFunctionsThrowShowsNoSecret() throws Exception {
    Step<Signup, Gossip.Account> throwing =
        Step.named("throwing", gossip)
            .from(
                account,
                (tenant, made) -> {
                  String quoted = Gossip.quoted(spec(tenant), made.token().reveal());
                  throw new IllegalArgumentException(quoted, new Exception(quoted));
                });
    Step<Signup, Gossip.Account> wondering =
        Step.named("wondering", gossip)
            .from(Signup.class, CanaryTest::spec)
            .onlyIf(
                tenant -> {
                  throw new IllegalStateException(Gossip.quoted(spec(tenant)));
                });
    Step<Signup, String> viewed =
        Step.named(
                "viewed",
                gossip.<String>as(
                    made -> {
                      throw new IllegalStateException("odd " + made.token().reveal());
                    }))
            .retry(Retry.never())
            .from(CanaryTest::spec);
    Plan<Signup> other =
        Plan.of("plan", Signup.class, account, throwing, wondering, viewed)
            .onFailure(OnFailure.KEEP);
    ProvisioningEngine engine = engine(other);
    assertThat(ended(engine, other, engine.provision(other, ACME, signup())))
        .isInstanceOf(Outcome.Failed.class);
    assertNothingShows();
  }

  @Test
  void aPlanThatCannotBeGeneratedAnyMoreShowsNoSecretInTheLog() throws Exception {
    gossip.mode = Mode.BUSY;
    Plan<Signup> good = Plan.generated("plan", Signup.class, signup -> List.of(account));
    Run run = engine(good, provisionerOf()).provision(good, ACME, signup());
    assertThat(run.await(Duration.ofMillis(100))).isInstanceOf(Outcome.StillRunning.class);
    lab.close();
    Plan<Signup> broken =
        Plan.generated(
            "plan",
            Signup.class,
            signup -> {
              throw new IllegalStateException("no plan for " + signup.password().reveal());
            });
    engine(broken, provisionerOf());
    lab.clock.advance(Duration.ofMinutes(5));
    Lab.await(() -> log.text().contains("cannot be generated from the recorded input"));
    assertThat(log.text())
        .contains(
            "The plan's steps cannot be generated from the recorded input: IllegalStateException:"
                + " no plan for [secret] [tenant=acme plan=plan run="
                + run.id()
                + "]");
    assertNothingShows();
  }

  /** A plan that makes the engine know the provisioner, which generated steps do not. */
  private Plan<Signup> provisionerOf() {
    return Plan.of("other", Signup.class, account);
  }

  @Test
  void aHandleWithASecretIsRefusedAndNotRecorded() throws Exception {
    gossip.mode = Mode.HANDLE;
    ProvisioningEngine engine = engine(plan);
    Outcome outcome = ended(engine, plan, engine.provision(plan, ACME, signup()));
    assertThat(message(outcome))
        .isEqualTo(
            "The handle that provisioner 'gossip' returned holds a secret, and handles are recorded"
                + " in clear; it was not recorded. Return one without it; poll() is given the spec"
                + " and what was remembered.");
    gossip.mode = Mode.WELL;
    assertThat(ended(engine, plan, engine.resume(plan, ACME)))
        .isInstanceOf(Outcome.Succeeded.class);
    assertNothingShows();
  }

  @Test
  void aSpecThatHoldsASecretInClearIsRefusedAndNotRecorded() throws Exception {
    Step<Signup, Gossip.Account> careless =
        Step.named("careless", gossip)
            .retry(Retry.never())
            .from(
                account,
                (tenant, made) -> {
                  Map<String, Secret> none = Map.of();
                  String user = "ann:" + made.token().reveal();
                  return new Gossip.Spec(user, tenant.input().password(), List.of(), none);
                });
    Plan<Signup> other = Plan.of("plan", Signup.class, account, careless);
    ProvisioningEngine engine = engine(other);
    Outcome outcome = ended(engine, other, engine.provision(other, ACME, signup()));
    assertThat(message(outcome))
        .isEqualTo("The spec holds a secret in clear in field 'user'. Make the field a Secret.");
    assertNothingShows();
  }

  @Test
  void anOutputThatHoldsASecretInClearIsRefusedAndNotRecorded() throws Exception {
    gossip.mode = Mode.OUTPUT;
    ProvisioningEngine engine = engine(plan);
    Outcome outcome = ended(engine, plan, engine.provision(plan, ACME, signup()));
    assertThat(message(outcome))
        .isEqualTo(
            "What provisioner 'gossip' returned holds a secret in clear in field 'id'; it was not"
                + " recorded. Make the field a Secret, or leave the secret out.");
    gossip.mode = Mode.WELL;
    assertThat(ended(engine, plan, engine.resume(plan, ACME)))
        .isInstanceOf(Outcome.Succeeded.class);
    assertNothingShows();
  }

  @Test
  void aSecretIsNotRememberedInClear() throws Exception {
    gossip.mode = Mode.REMEMBERS_IN_CLEAR;
    ProvisioningEngine engine = engine(plan);
    Outcome outcome = ended(engine, plan, engine.provision(plan, ACME, signup()));
    assertThat(message(outcome))
        .isEqualTo(
            "IllegalArgumentException: What is to be remembered as 'more' holds a secret in clear"
                + " in field '0'. Remember it as a Secret.");
    assertNothingShows();
  }

  private static String message(Outcome outcome) {
    return ((Outcome.Failed) outcome).failures().get(0).message();
  }

  record Keyed(Map<Secret, String> bySecret) {}

  @Test
  void aSecretThatIsAMapsKeyIsRefusedAndNotQuoted() {
    FakeResources resources = FakeResources.on(lab.cloud);
    Step<Keyed, FakeResource> step = Step.named("step", resources).from(tenant -> FakeSpec.empty());
    Plan<Keyed> keyed = Plan.of("keyed", Keyed.class, step);
    ProvisioningEngine engine = engine(keyed);
    Throwable thrown =
        catchThrowable(
            () -> engine.provision(keyed, ACME, new Keyed(Map.of(password.secret(), "x"))));
    assertThat(thrown).isInstanceOf(RefusedException.class);
    password.assertNotIn(thrown, directory, log.text());
  }

  // ---- the search itself can fail

  @Test
  void aLoggerThatRevealsTheSpecIsFoundOut() throws Exception {
    Step<Signup, Gossip.Account> careless =
        Step.named("careless", gossip)
            .from(
                tenant -> {
                  org.slf4j.LoggerFactory.getLogger("host")
                      .trace("{}", Gossip.quoted(spec(tenant)));
                  return spec(tenant);
                });
    Plan<Signup> other = Plan.of("plan", Signup.class, careless);
    ProvisioningEngine engine = engine(other);
    engine.provision(other, ACME, signup()).await(LONG);
    assertThat(password.sightings(log.text())).hasSize(1);
    assertThatThrownBy(this::assertNothingShows)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("A secret can be seen in java.lang.String after '");
  }

  @Test
  void aMessageThatIsNotRedactedIsFoundOut() throws Exception {
    record Loose(String user, String password) {}
    Gossip.Spec spec = spec(Tenant.of(ACME, signup(), "test", "plan"));
    assertThat(password.sightings(new java.io.IOException(Gossip.quoted(spec)))).hasSize(1);
    assertThat(password.sightings(new Loose("ann", password.value()))).hasSize(1);
    assertThat(password.sightings(spec, signup())).isEmpty();
  }
}
