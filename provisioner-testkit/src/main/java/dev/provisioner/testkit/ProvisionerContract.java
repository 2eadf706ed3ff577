package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every provisioner must do, as tests to inherit:
 *
 * <pre>{@code
 * class FoldersTest implements ProvisionerContract<Spec, Folder> {
 *   @TempDir Path root;
 *
 *   public Provisioner<Spec, Folder> provisioner() {
 *     return new Folders(root);
 *   }
 *
 *   public Spec spec(Tenant<?> tenant) {
 *     return new Spec("hello");
 *   }
 * }
 * }</pre>
 *
 * <p>Each test uses tenants of its own, and removes what it made. Tests that need more than the two
 * methods above are skipped, with the reason, until {@link #changedSpec}, {@link #plant} or {@link
 * #honoursCancellation} is overridden. Outputs are compared with {@code equals}.
 *
 * @param <S> what is wanted
 * @param <O> what was made
 */
public interface ProvisionerContract<S, O> {

  /** Returns the provisioner under test; called once for each test. */
  Provisioner<S, O> provisioner() throws Exception;

  /** Returns a valid spec. Called twice for a tenant, it gives equal specs. */
  S spec(Tenant<?> tenant);

  /** Returns a spec to which the provisioner can change the resource of {@link #spec} in place. */
  default S changedSpec(Tenant<?> tenant) {
    return Assumptions.abort("changedSpec() is not overridden.");
  }

  /**
   * Puts a resource into the backend where provisioning this spec would make it. The test class
   * removes it again if it must not stay.
   *
   * @param name the name the attempt would have
   * @param marker the marker's text to put on it, or null for none
   */
  default void plant(S spec, String name, @Nullable String marker) throws Exception {
    Assumptions.abort("plant() is not overridden.");
  }

  /**
   * Returns whether the backend lets a name exist only once, so that somebody else's resource of
   * the same name is seen as foreign. If not, the provisioner looks for markers, and may answer
   * absent.
   */
  default boolean namesAreUnique() {
    return true;
  }

  /** Returns whether calls end within {@link #promptness} when the attempt is cancelled. */
  default boolean honoursCancellation() {
    return false;
  }

  /** Returns how long a call runs before it is cancelled; zero cancels it before it begins. */
  default Duration cancelledAfter() {
    return Duration.ZERO;
  }

  /** Returns within what time a cancelled call must end. */
  default Duration promptness() {
    return Duration.ofSeconds(10);
  }

  /** Returns how long a pending answer may take to be done, polled as it asks to be. */
  default Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Test
  default void whatWasNeverMadeIsAbsent() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      resource.requireAbsent();
    }
  }

  @Test
  default void whatWasMadeIsFoundWithTheSameOutput() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      assertThat(ContractResource.requireOurs(resource.find()))
          .as("what find() reads when only the spec is known")
          .isEqualTo(made);
      resource.requireOurs(made);
    }
  }

  @Test
  default void provisioningTwiceMakesOneResource() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      resource.provisionAgain();
      resource.requireOurs(made);
      resource.deprovision(Known.made(resource.spec(), made));
      resource.requireAbsent();
    }
  }

  @Test
  default void whatAnotherTenantMadeIsForeign() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      TestAttempt rival = resource.attempt().rival();
      requireNotOurs(resource.claimedBy(rival).find());
      requireNotOurs(resource.claimedBy(rival).find(made));
    }
  }

  @Test
  default void anotherCreationOfTheSameStepIsForeign() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      resource.provision();
      requireNotOurs(resource.claimedBy(resource.attempt().otherCreation()).find());
    }
  }

  @Test
  default void whatAnotherTenantMadeIsNeverAdopted() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      try (ContractResource<S, O> rival = resource.claimedBy(resource.attempt().rival())) {
        if (namesAreUnique()) {
          rival.provisionWhereItMustFail();
        } else {
          assertThat(rival.provision()).as("what another tenant got").isNotEqualTo(made);
        }
        resource.requireOurs(made);
      }
      resource.requireOurs(made);
    }
  }

  @Test
  default void whatAnotherTenantMadeIsNeverRemoved() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      ContractResource<S, O> rival = resource.claimedBy(resource.attempt().rival());
      rival.deprovisionWhereItMustNot(Known.begun(resource.spec()));
      rival.deprovisionWhereItMustNot(Known.made(resource.spec(), made));
      resource.requireOurs(made);
    }
  }

  @Test
  default void aPlantedResourceOfSomebodyElseIsForeignAndStays() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      TestAttempt attempt = resource.attempt();
      plant(resource.spec(), attempt.name(), attempt.rival().marker().text());
      requireLeftAlone(resource, Found.Foreign.class);
    }
  }

  @Test
  default void aResourceWithoutAMarkerIsUnmarkedAndStays() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      plant(resource.spec(), resource.attempt().name(), null);
      requireLeftAlone(resource, Found.Unmarked.class);
    }
  }

  @Test
  default void whatWasRemovedIsAbsent() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      resource.deprovision(Known.made(resource.spec(), made));
      resource.requireAbsent();
    }
  }

  @Test
  default void removingTwiceIsRemoval() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      O made = resource.provision();
      resource.deprovision(Known.made(resource.spec(), made));
      resource.deprovision(Known.made(resource.spec(), made));
      resource.deprovision(Known.begun(resource.spec()));
      resource.requireAbsent();
    }
  }

  @Test
  default void whatWasRemovedCanBeMadeAgain() throws Exception {
    try (ContractResource<S, O> resource = begin()) {
      resource.deprovision(Known.made(resource.spec(), resource.provision()));
      resource.requireOurs(resource.provision());
    }
  }

  @Test
  default void anUpdateIsVisibleAndConverges() throws Exception {
    Tenant<?> tenant = newTenant();
    S wanted = changedSpec(tenant);
    Provisioner<S, O> provisioner = provisioner();
    try (ContractResource<S, O> resource = begin(provisioner, tenant)) {
      O made = resource.provision();
      Known<S, O> before = Known.made(resource.spec(), made);
      assertThat(provisioner.change(before, wanted))
          .as("the change from spec() to changedSpec()")
          .isEqualTo(Change.update());
      Found<O> drifted = provisioner.find(Known.made(wanted, made), resource.attempt());
      assertThat(drifted)
          .as("what find() answers for the changed spec before the update")
          .isInstanceOf(Found.Incomplete.class);
      O updated = resource.update(made, wanted);
      resource.requireOurs(updated);
      assertThat(resource.update(updated, wanted)).as("a second update").isEqualTo(updated);
      resource.requireOurs(updated);
    }
  }

  @Test
  default void pendingWorkSurvivesACrash() throws Exception {
    Provisioner<S, O> provisioner = provisioner();
    try (ContractResource<S, O> resource = begin(provisioner, newTenant())) {
      Provisioned<O> begun = provisioner.provision(resource.spec(), resource.attempt());
      Assumptions.assumeTrue(begun instanceof Provisioned.Pending, "It is never pending.");
      String handle = ((Provisioned.Pending<O>) begun).handle();
      provisioner.poll(handle, resource.spec(), resource.attempt());
      O made = resource.finish(provisioner.poll(handle, resource.spec(), resource.attempt()));
      resource.requireOurs(made);
    }
  }

  @Test
  default void workWhosePendingAnswerWasLostCanBeBegunAgain() throws Exception {
    Provisioner<S, O> provisioner = provisioner();
    try (ContractResource<S, O> resource = begin(provisioner, newTenant())) {
      Provisioned<O> lost = provisioner.provision(resource.spec(), resource.attempt());
      Assumptions.assumeTrue(lost instanceof Provisioned.Pending, "It is never pending.");
      Found<O> found = resource.find();
      if (!(found instanceof Found.Ours)) {
        assertThat(found)
            .as(ContractResource.describe(found))
            .isInstanceOfAny(Found.Absent.class, Found.Incomplete.class);
        resource.requireOurs(resource.provision());
      }
    }
  }

  @Test
  default void twoTenantsAtOnceDoNotMix() throws Exception {
    Provisioner<S, O> provisioner = provisioner();
    Assumptions.assumeTrue(provisioner.maxConcurrentCalls() > 1, "It takes one call at a time.");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (ContractResource<S, O> one = begin(provisioner, newTenant());
        ContractResource<S, O> other = begin(provisioner, newTenant())) {
      Future<O> ofOne = threads.submit(one::provision);
      Future<O> ofOther = threads.submit(other::provision);
      O oneMade = ofOne.get();
      O otherMade = ofOther.get();
      assertThat(oneMade).as("what the one tenant got").isNotEqualTo(otherMade);
      one.requireOurs(oneMade);
      other.requireOurs(otherMade);
      one.deprovision(Known.made(one.spec(), oneMade));
      one.requireAbsent();
      other.requireOurs(otherMade);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  default void aCancelledCallEndsPromptly() throws Exception {
    Assumptions.assumeTrue(honoursCancellation(), "honoursCancellation() is not overridden.");
    Provisioner<S, O> provisioner = provisioner();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ContractResource<S, O> resource = begin(provisioner, newTenant())) {
      TestAttempt attempt = resource.attempt();
      if (cancelledAfter().isZero()) {
        attempt.cancel();
      }
      Future<?> call = thread.submit(() -> provisioner.provision(resource.spec(), attempt));
      Thread.sleep(cancelledAfter().toMillis());
      attempt.cancel();
      boolean ended = endsWithin(promptness(), call);
      thread.shutdownNow();
      assertThat(thread.awaitTermination(promptness().toNanos(), TimeUnit.NANOSECONDS) && ended)
          .as("whether the call ended within %s of its cancellation", promptness())
          .isTrue();
    } finally {
      thread.shutdownNow();
    }
  }

  private static boolean endsWithin(Duration time, Future<?> call) throws InterruptedException {
    try {
      call.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // a cancelled call may well fail
    }
  }

  private void requireLeftAlone(
      ContractResource<S, O> resource, @SuppressWarnings("rawtypes") Class<? extends Found> as)
      throws Exception {
    assertSeenAs(resource.find(), as);
    if (namesAreUnique()) {
      resource.provisionWhereItMustFail();
    }
    resource.deprovisionWhereItMustNot(Known.begun(resource.spec()));
    assertSeenAs(resource.find(), as);
  }

  private void assertSeenAs(
      Found<O> found, @SuppressWarnings("rawtypes") Class<? extends Found> as) {
    assertThat(found)
        .as(ContractResource.describe(found))
        .isInstanceOfAny(as, namesAreUnique() ? as : Found.Absent.class);
  }

  private void requireNotOurs(Found<O> found) {
    assertSeenAs(found, Found.Foreign.class);
  }

  private ContractResource<S, O> begin() throws Exception {
    return begin(provisioner(), newTenant());
  }

  private ContractResource<S, O> begin(Provisioner<S, O> provisioner, Tenant<?> tenant) {
    return new ContractResource<>(
        provisioner,
        spec(tenant),
        TestAttempt.of(tenant.id().value(), "contract", "resource", provisioner.kind().names())
            .otherCreation(),
        patience());
  }

  private static Tenant<?> newTenant() {
    String id = "contract-" + UUID.randomUUID();
    return Tenant.of(TenantId.of(id), id, "test", "contract");
  }
}
