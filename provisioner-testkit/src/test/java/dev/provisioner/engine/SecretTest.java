package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.SecretException;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** No secret leaves in clear. */
final class SecretTest {
  private static final String INPUT = "canary-of-input";
  private static final String OUTPUT = "canary-of-output";
  private static final String REMEMBERED = "canary-remembered";
  private static final List<String> CANARIES = List.of(INPUT, OUTPUT, REMEMBERED);

  record Credentials(String user, Secret password) {}

  record Account(String user, Secret token) {}

  /** Accounts whose every text quotes all the secrets it knows. */
  private static final class Talkative implements Provisioner<Credentials, Account> {
    private final String quotes = "quotes " + INPUT + " " + REMEMBERED + " " + OUTPUT;
    volatile boolean fails;
    volatile boolean refuses;

    @Override
    public Kind<Credentials, Account> kind() {
      return Kind.of("accounts", Credentials.class, Account.class);
    }

    @Override
    public Found<Account> find(Known<Credentials, Account> known, Attempt attempt) {
      return known.output().map(Found::ours).orElseGet(Found::absent);
    }

    @Override
    public Provisioned<Account> provision(Credentials spec, Attempt attempt) throws IOException {
      assertThat(spec.password().reveal()).isEqualTo(INPUT);
      attempt.remember("key", Secret.of(REMEMBERED));
      attempt.progress("quotes " + INPUT + " " + REMEMBERED);
      if (fails) {
        throw new IOException("quotes " + INPUT + " " + REMEMBERED);
      }
      return Provisioned.done(new Account(spec.user(), Secret.of(OUTPUT)));
    }

    @Override
    public Change change(Known<Credentials, Account> current, Credentials wanted) {
      if (refuses) {
        return Change.refused("quotes " + INPUT + " " + OUTPUT);
      }
      throw new IllegalStateException(quotes.replace(REMEMBERED, ""));
    }

    @Override
    public Removed deprovision(Known<Credentials, Account> known, Attempt attempt) {
      return Removed.gone();
    }
  }

  @RegisterExtension final Lab lab = new Lab();
  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k1", AesGcmCipher.generateKey())
          .fingerprintKey(AesGcmCipher.generateKey())
          .build();
  private final Talkative accounts = new Talkative();
  private final Step<Credentials, Account> account =
      Step.named("account", accounts).retry(Retry.never()).from(tenant -> tenant.input());
  private final Step<Credentials, Secret> token =
      Step.named("token", accounts.as(Account::token)).from(tenant -> tenant.input());
  private final Plan<Credentials> plan = Plan.of("plan", Credentials.class, account);

  private static Credentials credentials(String user) {
    return new Credentials(user, Secret.of(INPUT));
  }

  private ProvisioningEngine sealed(Plan<?>... plans) {
    lab.close();
    return lab.start(lab.builder(plans).cipher(cipher));
  }

  private static void assertHidden(String... texts) {
    for (String text : texts) {
      for (String canary : CANARIES) {
        assertThat(text).doesNotContain(canary);
      }
    }
  }

  private String told() {
    return lab.events.toString()
        + lab.events.stream().map(event -> event.describe()).toList()
        + lab.json("plan");
  }

  @Test
  void secretsAreSealedEverywhereAndReadBack() throws Exception {
    try (LogLines log = LogLines.capture()) {
      ProvisioningEngine engine = sealed(plan);
      Run run = engine.provision(plan, ACME, credentials("ann"));
      Outcome.Succeeded outcome = succeeded(run);
      assertThat(outcome.output(account).token().reveal()).isEqualTo(OUTPUT);
      assertThat(engine.output(plan, ACME, account).orElseThrow().token().reveal())
          .isEqualTo(OUTPUT);
      Preview preview = engine.preview(plan, ACME, credentials("bob"));
      assertHidden(
          outcome.explain(),
          outcome.toString(),
          run.report(),
          preview.toString(),
          engine.drift(plan, ACME).toString(),
          engine.status(plan, ACME).toString(),
          told(),
          log.text());
      assertThat(preview.toString()).contains("quotes [secret]");
      assertThat(log.events).isNotEmpty();
    }
  }

  @Test
  void whatIsSealedCostsNothingTheSecondTime() throws Exception {
    ProvisioningEngine engine = sealed(plan);
    succeeded(engine.provision(plan, ACME, credentials("ann")));
    int writes = lab.store.writes();
    succeeded(engine.provision(plan, ACME, credentials("ann")));
    assertThat(lab.store.writes()).isEqualTo(writes);
  }

  @Test
  void filesHoldNoSecretEither(@TempDir Path directory) throws Exception {
    try (FileStateStore store = FileStateStore.open(directory);
        ProvisioningEngine engine =
            ProvisioningEngine.builder(store)
                .installation("test")
                .plans(plan)
                .cipher(cipher)
                .build()) {
      succeeded(engine.provision(plan, ACME, credentials("ann")));
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertHidden(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
  }

  @Test
  void anErrorThatQuotesSecretsIsRedacted() throws Exception {
    try (LogLines log = LogLines.capture()) {
      accounts.fails = true;
      Run run = sealed(plan).provision(plan, ACME, credentials("ann"));
      Outcome.Failed failed = failed(run);
      assertThat(failed.failures().get(0).message())
          .isEqualTo("IOException: quotes [secret] [secret]");
      assertHidden(failed.explain(), failed.toString(), run.report(), told(), log.text());
    }
  }

  @Test
  void aRefusedChangeThatQuotesSecretsIsRedacted() throws Exception {
    ProvisioningEngine engine = sealed(plan);
    succeeded(engine.provision(plan, ACME, credentials("ann")));
    accounts.refuses = true;
    assertThat(engine.preview(plan, ACME, credentials("bob")))
        .hasToString("refused      account (quotes [secret] [secret])\n");
    Outcome.Failed failed = failed(engine.provision(plan, ACME, credentials("bob")));
    assertThat(failed.failures().get(0).message()).isEqualTo("quotes [secret] [secret]");
    assertHidden(failed.explain(), told());
  }

  @Test
  void aSpecFunctionThatQuotesSecretsIsRedacted() throws Exception {
    Step<Credentials, Account> quoting =
        Step.named("quoting", accounts)
            .from(
                account,
                (tenant, made) -> {
                  throw new IllegalArgumentException(
                      tenant.input().password().reveal() + " and " + made.token().reveal());
                });
    Plan<Credentials> other = Plan.of("plan", Credentials.class, account, quoting);
    Outcome.Failed failed = failed(sealed(other).provision(other, ACME, credentials("ann")));
    assertThat(failed.failures().get(0).message())
        .isEqualTo("The spec cannot be computed: IllegalArgumentException: [secret] and [secret]");
    assertHidden(failed.explain(), told());
  }

  @Test
  void aViewThatQuotesTheNewOutputIsRedacted() throws Exception {
    Step<Credentials, String> viewed =
        Step.named(
                "viewed",
                accounts.<String>as(
                    made -> {
                      throw new IllegalStateException("odd " + made.token().reveal());
                    }))
            .from(tenant -> tenant.input());
    Plan<Credentials> other = Plan.of("plan", Credentials.class, viewed);
    Outcome.Failed failed = failed(sealed(other).provision(other, ACME, credentials("ann")));
    assertThat(failed.failures().get(0).message()).endsWith("IllegalStateException: odd [secret]");
    assertHidden(failed.explain(), told());
  }

  @Test
  void aSecretInputWithoutACipherIsRefusedBeforeAnything() {
    ProvisioningEngine engine = lab.engine(plan);
    assertThatThrownBy(() -> engine.provision(plan, ACME, credentials("ann")))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("holds a secret in field 'password' and the engine has no cipher");
    assertThat(lab.store.writes()).isZero();
    assertThat(engine.status(plan, ACME)).isEmpty();
  }

  @Test
  void aSecretSpecWithoutACipherIsRefusedBeforeAnythingIsTouched() {
    FakeResources resources = FakeResources.on(lab.cloud);
    Step<Wish, FakeResource> plain =
        Step.named("plain", resources).from(tenant -> FakeSpec.empty());
    Step<Wish, FakeResource> secret =
        Step.named("secret", resources)
            .from(tenant -> FakeSpec.empty().withPassword(Secret.of(INPUT)));
    Plan<Wish> other = Plan.of("other", Wish.class, plain, secret);
    ProvisioningEngine engine = lab.engine(other);
    assertThatThrownBy(() -> engine.provision(other, ACME, Wish.none()))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("holds a secret in field 'password' and the engine has no cipher");
    assertThat(lab.cloud.calls()).isEmpty();
    assertThat(engine.status(other, ACME)).isEmpty();
  }

  @Test
  void aSecretSpecThatNeedsAnOutputFailsItsStepBeforeItsFirstCall() throws Exception {
    FakeResources resources = FakeResources.on(lab.cloud);
    Step<Wish, FakeResource> plain =
        Step.named("plain", resources).from(tenant -> FakeSpec.empty());
    Step<Wish, FakeResource> secret =
        Step.named("secret", resources)
            .from(plain, (tenant, made) -> FakeSpec.empty().withPassword(Secret.of(INPUT)));
    Plan<Wish> other = Plan.of("other", Wish.class, plain, secret);
    Outcome.Failed failed = failed(lab.engine(other).provision(other, ACME, Wish.none()));
    assertThat(failed.explain())
        .contains("holds a secret in field 'password' and the engine has no cipher");
    assertThat(lab.cloud.existing()).hasSize(1);
    assertHidden(lab.json("other"), failed.explain());
  }

  @Test
  void anotherKeyIsAClearError() throws Exception {
    succeeded(sealed(plan).provision(plan, ACME, credentials("ann")));
    lab.close();
    AesGcmCipher other =
        AesGcmCipher.builder("k2", AesGcmCipher.generateKey())
            .fingerprintKey(AesGcmCipher.generateKey())
            .build();
    ProvisioningEngine engine = lab.start(lab.builder(plan).cipher(other));
    assertThatThrownBy(() -> engine.output(plan, ACME, account))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("k1");
    Outcome.Failed failed = failed(engine.provision(plan, ACME, credentials("ann")));
    assertThat(failed.explain()).contains("k1");
    assertHidden(failed.explain());
  }

  @Test
  void secretsOfARolledBackRunStaySealed() throws Exception {
    Plan<Credentials> strict =
        Plan.of("plan", Credentials.class, account, token)
            .onFailure(OnFailure.ROLL_BACK)
            .deadline(Duration.ofHours(1));
    accounts.fails = true;
    Run run = sealed(strict).provision(strict, ACME, credentials("ann"));
    lab.passTime(run, Duration.ofMinutes(2));
    assertHidden(run.report(), told());
  }
}
