package dev.provisioner.engine;

import static dev.provisioner.engine.Lab.ACME;
import static dev.provisioner.engine.Lab.failed;
import static dev.provisioner.engine.Lab.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.document.PastRun;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.Hold;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that waited in a queue outside of the engine: their tickets and sealed inputs. */
final class TicketTest {
  record Login(String user, Secret password) {}

  @RegisterExtension final Lab lab = new Lab();
  private final FakeResources resources = FakeResources.on(lab.cloud);
  private final Step<Wish, FakeResource> a =
      Step.named("a", resources)
          .retry(Retry.never())
          .from(tenant -> new FakeSpec("a", tenant.input().values(), null, false));
  private final Plan<Wish> plan = Plan.of("plan", Wish.class, a);
  private final Step<Login, FakeResource> account =
      Step.named("account", resources)
          .from(tenant -> new FakeSpec("a", Map.of("user", tenant.input().user()), null, false));
  private final Plan<Login> logins = Plan.of("logins", Login.class, account);

  private static ProvisionOptions ticket(String run, long number) {
    return ProvisionOptions.defaults().ticket(new Ticket(run, number));
  }

  private static RemovalOptions removal(String run, long number) {
    return RemovalOptions.defaults().ticket(new Ticket(run, number));
  }

  // ---- tickets

  @Test
  void theRunHasTheTicketsId() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run run = engine.provision(plan, ACME, Wish.of("v", "1"), ticket("order:4711", 1));
    assertThat(run.id()).isEqualTo("order:4711");
    succeeded(run);
    assertThat(engine.run(plan, ACME, "order:4711").map(Run::id)).contains("order:4711");
  }

  @Test
  void aRequestThatIsMadeAgainIsNotCarriedOutAgain() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)));
    succeeded(engine.provision(plan, ACME, Wish.of("v", "2"), ticket("two", 2)));
    Run again = engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1));
    assertThat(again.id()).isEqualTo("one");
    succeeded(again);
    assertThat(lab.resource("a").attributes()).containsEntry("v", "2");
  }

  @Test
  void aFailedRunIsFoundAndNotBegunAgain() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    lab.cloud.faults().on(CloudOperation.CREATE, "a").failBefore(CloudFailure.PERMANENT);
    failed(engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)));
    failed(engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)));
    assertThat(lab.resources("a")).isEmpty();
  }

  @Test
  void aRequestThatALaterOneHasOvertakenIsRefused() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Run later = engine.provision(plan, ACME, Wish.of("v", "2"), ticket("two", 2));
    succeeded(later);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.isForNow()).isFalse())
        .hasMessage(
            "A later request (number 2) has been carried out, so that number 1 came too late."
                + " Nothing was changed. [tenant=acme plan=plan run=two]");
    assertThat(lab.resource("a").attributes()).containsEntry("v", "2");
  }

  @Test
  void aRequestWhoseRunIsForgottenIsNotCarriedOutAgain() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "first"), ticket("one", 1)));
    for (int i = 0; i <= PastRun.KEPT; i++) {
      succeeded(engine.provision(plan, ACME, Wish.of("v", "direct" + i)));
    }
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "first"), ticket("one", 1)))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(
            "The request (number 1) was carried out before; so many runs came after it that its"
                + " own is not known any more. Nothing was changed. [tenant=acme plan=plan run=");
    assertThat(lab.resource("a").attributes()).containsEntry("v", "direct" + PastRun.KEPT);
  }

  @Test
  void aRemovalOvertakesToo() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)));
    succeeded(engine.deprovision(plan, ACME, removal("three", 3).retention(Duration.ZERO)));
    lab.engine(plan).sweep();
    assertThatThrownBy(
            () -> lab.engine(plan).provision(plan, ACME, Wish.of("v", "2"), ticket("two", 2)))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("A later request (number 3) has been carried out");
    assertThat(lab.resources("a")).isEmpty();
  }

  @Test
  void anOvertakenRemovalRemovesNothing() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "2"), ticket("two", 2)));
    assertThatThrownBy(() -> engine.deprovision(plan, ACME, removal("one", 1)))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("A later request (number 2) has been carried out");
    assertThat(lab.resources("a")).hasSize(1);
  }

  @Test
  void aRemovalThatIsAskedForAgainIsFound() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    succeeded(engine.provision(plan, ACME, Wish.of("v", "1"), ticket("one", 1)));
    succeeded(engine.deprovision(plan, ACME, removal("two", 2)));
    succeeded(engine.purge(plan, ACME, removal("three", 3)));
    assertThat(engine.deprovision(plan, ACME, removal("two", 2)).id()).isEqualTo("two");
    assertThat(engine.purge(plan, ACME, removal("three", 3)).id()).isEqualTo("three");
  }

  @Test
  void whatIsUnderWayIsARefusalForNow() throws Exception {
    ProvisioningEngine engine = lab.engine(plan);
    Hold hold = lab.cloud.faults().on(CloudOperation.CREATE, "a").block();
    Run run = engine.provision(plan, ACME, Wish.of("v", "1"));
    hold.awaitReached(Lab.LONG);
    assertThatThrownBy(() -> engine.provision(plan, ACME, Wish.of("v", "2"), ticket("two", 2)))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.isForNow()).isTrue());
    assertThatThrownBy(() -> engine.deprovision(plan, ACME, removal("three", 3)))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.isForNow()).isTrue());
    hold.release();
    succeeded(run);
  }

  @Test
  void aTicketIsCheckedAndCannotBeQueuedTwice() {
    assertThatThrownBy(() -> new Ticket("no spaces", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A run's id has 1 to 100 of A-Z, a-z, 0-9 and . _ : / @ - and begins with a letter or"
                + " a digit.");
    assertThatThrownBy(() -> new Ticket("run", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A ticket's number is 1 or more, not 0.");
    assertThatThrownBy(() -> ticket("run", 1).whenRunning(WhenRunning.QUEUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A request with a ticket waits in the queue that gave it; it cannot be queued here"
                + " too.");
  }

  // ---- sealed inputs

  @Test
  void aSealedInputIsProvisionedByAnotherEngine() throws Exception {
    SealedInput sealed = lab.engine(plan).seal(plan, ACME, Wish.of("v", "1"));
    SealedInput kept =
        SealedInput.of(
            sealed.plan(),
            sealed.planVersion(),
            sealed.tenant(),
            sealed.fingerprint(),
            sealed.json());
    succeeded(lab.engine(plan).provision(kept, ticket("one", 1)));
    assertThat(lab.resource("a").attributes()).containsEntry("v", "1");
    assertThat(sealed).hasToString("SealedInput[plan for acme]");
  }

  @Test
  void itsSecretsAreSealedForItsTenantAlone() {
    AesGcmCipher cipher =
        AesGcmCipher.builder("k", AesGcmCipher.generateKey())
            .fingerprintKey(AesGcmCipher.generateKey())
            .build();
    ProvisioningEngine engine = lab.start(lab.builder(logins).cipher(cipher));
    Login login = new Login("root", Secret.of("canary-of-input"));
    SealedInput sealed = engine.seal(logins, ACME, login);
    assertThat(new String(sealed.json(), StandardCharsets.UTF_8))
        .contains("root")
        .doesNotContain("canary");
    SealedInput stolen =
        SealedInput.of("logins", 1, TenantId.of("eve"), sealed.fingerprint(), sealed.json());
    assertThatThrownBy(() -> engine.provision(stolen, ProvisionOptions.defaults()))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("tenant=eve");
    assertThat(engine.seal(logins, ACME, login).fingerprint()).isEqualTo(sealed.fingerprint());
  }

  @Test
  void aNodeWithoutThePlanLeavesItToOthers() {
    SealedInput sealed = lab.engine(plan).seal(plan, ACME, Wish.none());
    ProvisioningEngine other = lab.engine(logins);
    assertThatThrownBy(() -> other.provision(sealed, ticket("one", 1)))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.isForNow()).isTrue())
        .hasMessage(
            "The input was sealed for version 1 of the plan; no version is registered with this"
                + " engine. Leave it to another, or upgrade this node. [tenant=acme plan=plan]");
  }

  @Test
  void whatDoesNotFitThePlanIsRefusedBeforeAnythingIsTouched() {
    ProvisioningEngine engine = lab.engine(plan);
    SealedInput bad =
        SealedInput.of("plan", 1, ACME, "s1:x", "[1]".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> engine.provision(bad, ticket("one", 1)))
        .isInstanceOf(RefusedException.class);
    assertThat(engine.status(plan, ACME)).isEqualTo(Optional.empty());
  }
}
