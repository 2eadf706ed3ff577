package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Marker;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.Fault.Moment;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FakeResourcesTest {
  private static final FakeSpec SPEC = FakeSpec.of("region", "eu").with("size", "1");

  private final FakeCloud cloud = new FakeCloud();
  private final FakeResources resources = FakeResources.on(cloud);
  private final TestAttempt attempt = TestAttempt.of("acme", "onboarding", "resource");

  private static FakeResource done(Provisioned<FakeResource> answer) {
    return ((Provisioned.Done<FakeResource>) answer).output();
  }

  /** Looks first and makes what is missing, as the engine does. */
  private FakeResource converge(FakeSpec spec) throws Exception {
    return resources.find(Known.begun(spec), attempt) instanceof Found.Ours<FakeResource> ours
        ? ours.output()
        : done(resources.provision(spec, attempt));
  }

  @ParameterizedTest
  @EnumSource
  void aCrashAtAnyCallLeavesOneResourceAfterTheResume(Moment moment) throws Exception {
    int calls = 2; // converge() asks and creates
    for (int n = 1; n <= calls; n++) {
      FakeSpec spec = SPEC.withGeneratedKey().named("crash-at-" + n);
      long call = (long) cloud.calls().size() + n;
      switch (moment) {
        case BEFORE -> cloud.faults().crashBefore(call);
        case DURING -> cloud.faults().crashDuring(call);
        case AFTER -> cloud.faults().crashAfter(call);
      }
      assertThatThrownBy(() -> converge(spec)).isInstanceOf(SimulatedCrash.class);
      cloud.faults().clear();
      FakeResource made = converge(spec);
      assertThat(cloud.created(made.name())).isEqualTo(1);
      assertThat(resources.find(Known.made(spec, made), attempt)).isEqualTo(Found.ours(made));
    }
  }

  @Test
  void aLostResponseIsAdoptedNotMadeAgain() throws Exception {
    cloud.faults().on(CloudOperation.CREATE).failAfter(CloudFailure.AMBIGUOUS);
    assertThatThrownBy(() -> converge(SPEC)).isInstanceOf(IOException.class);
    FakeResource adopted = converge(SPEC);
    assertThat(cloud.created(adopted.name())).isEqualTo(1);
    assertThat(cloud.calls(CloudOperation.CREATE)).hasSize(1);
  }

  @Test
  void driftIsNamedWithoutSecrets() throws Exception {
    FakeSpec spec = SPEC.withPassword(Secret.of("hunter2"));
    FakeResource made = converge(spec);
    cloud.alter(made.name(), Map.of("size", "9", "extra", "x", "fake:password", "leaked"));
    assertThat(resources.find(Known.made(spec, made), attempt))
        .isEqualTo(
            Found.incomplete(
                new FakeResource(made.id(), made.name(), Map.of("size", "9", "extra", "x"), null),
                "extra is 'x', wanted missing",
                "fake:password is [secret], wanted [secret]",
                "region is missing, wanted 'eu'",
                "size is '9', wanted '1'"));
    assertThat(made.attributes()).isEqualTo(SPEC.attributes());
    assertThat(spec.toString()).doesNotContain("hunter2");
  }

  @Test
  void theGeneratedKeyIsRememberedBeforeItIsUsed() throws Exception {
    FakeSpec spec = SPEC.withGeneratedKey();
    cloud.faults().on(CloudOperation.CREATE).failBefore(CloudFailure.CRASH);
    assertThatThrownBy(() -> converge(spec)).isInstanceOf(SimulatedCrash.class);
    Secret remembered = attempt.remembered("generated-key", Secret.class).orElseThrow();
    assertThat(converge(spec).key()).isEqualTo(remembered);
    assertThat(cloud.existing().get(0).attributes()).containsEntry("fake:key", remembered.reveal());
  }

  @Test
  void aResourceMadeAgainBySomebodyIsAmbiguousAndNotRemoved() throws Exception {
    FakeResource made = converge(SPEC);
    String marker = attempt.marker().text();
    cloud.lose(made.name());
    cloud.plant("fake-resources", made.name(), marker, SPEC.attributes());
    Known<FakeSpec, FakeResource> known = Known.made(SPEC, made);
    assertThat(resources.find(known, attempt)).isInstanceOf(Found.Ambiguous.class);
    assertThatThrownBy(() -> resources.deprovision(known, attempt))
        .isInstanceOf(PermanentException.class)
        .hasMessage(
            "Resource '"
                + made.name()
                + "' must not be changed or removed: Resource '"
                + made.name()
                + "' carries our marker, but its id is id-2 and id-1 was recorded: somebody made"
                + " it again.");
    assertThat(cloud.effectsOnPlanted()).isEmpty();
  }

  @Test
  void changesAreWhatTheBuilderSays() {
    FakeResources strict =
        FakeResources.builder(cloud).replaces("region").recreates("zone").refuses("owner").build();
    Known<FakeSpec, FakeResource> current = Known.begun(SPEC);
    assertThat(strict.change(current, SPEC.with("size", "2"))).isEqualTo(Change.update());
    assertThat(strict.change(current, SPEC.with("region", "us")))
        .isEqualTo(Change.replace("'region' cannot be changed"));
    assertThat(strict.change(current, SPEC.with("region", "us").with("zone", "b")))
        .isEqualTo(Change.removeThenCreate("'zone' cannot be changed"));
    assertThat(strict.change(current, SPEC.with("zone", "b").with("owner", "x")))
        .isEqualTo(Change.refused("'owner' cannot be changed"));
    assertThat(strict.change(current, SPEC.named("other")))
        .isEqualTo(Change.replace("a resource cannot be renamed"));
    assertThat(
            strict.change(
                Known.begun(SPEC.named("fixed")), SPEC.named("fixed").with("region", "us")))
        .isEqualTo(
            Change.removeThenCreate(
                "'region' cannot be changed, and the name can exist only once"));
  }

  @Test
  void pendingWorkIsDoneAtTheLastPoll() throws Exception {
    FakeResources slow = FakeResources.builder(cloud).pending(2).build();
    Provisioned<FakeResource> begun = slow.provision(SPEC, attempt);
    assertThat(begun)
        .isEqualTo(
            Provisioned.pending(
                "id-1/2", Duration.ofMillis(10), "the cloud to finish the resource"));
    assertThat(slow.find(Known.begun(SPEC), attempt)).isInstanceOf(Found.Incomplete.class);
    Provisioned<FakeResource> again = slow.poll("id-1/2", SPEC, attempt);
    assertThat(again).isInstanceOf(Provisioned.Pending.class);
    Known<FakeSpec, FakeResource> made = Known.made(SPEC, done(slow.poll("id-1/1", SPEC, attempt)));
    assertThat(slow.find(made, attempt)).isInstanceOf(Found.Ours.class);

    assertThat(slow.deprovision(made, attempt)).isInstanceOf(Removed.Pending.class);
    assertThat(slow.pollRemoval("id-1/2", made, attempt)).isInstanceOf(Removed.Pending.class);
    assertThat(cloud.existing()).hasSize(1);
    assertThat(slow.pollRemoval("id-1/1", made, attempt)).isEqualTo(Removed.gone());
    assertThat(cloud.existing()).isEmpty();
  }

  @Test
  void twoCallsForOneResourceAtOnceAreReported() throws Exception {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> first = thread.submit(() -> resources.provision(SPEC, attempt));
    hold.awaitReached(Duration.ofSeconds(10));
    FakeResources otherInstance = FakeResources.on(cloud);
    otherInstance.find(Known.begun(SPEC), attempt);
    otherInstance.find(Known.begun(SPEC.named("another")), attempt);
    hold.release();
    first.get(10, TimeUnit.SECONDS);
    thread.shutdown();
    assertThat(cloud.inFlight().overlaps())
        .containsExactly("find of '" + attempt.name() + "' began while provision was running");
    assertThat(cloud.inFlight().max()).isEqualTo(2);
    assertThat(cloud.inFlight().now()).isZero();
    assertThat(resources.inFlight().max()).isEqualTo(1);
  }

  @Test
  void aTakenNameThatCannotBeSeenYetIsTriedAgain() throws Exception {
    FakeCloud lagging = FakeCloud.eventuallyConsistent(Faults.none(), 1);
    lagging.create("fake-resources", attempt.name(), attempt.marker().text(), Map.of());
    FakeResources late = FakeResources.on(lagging);
    assertThatThrownBy(() -> late.provision(SPEC, attempt))
        .isInstanceOf(TransientException.class)
        .hasMessage(
            "The name '" + attempt.name() + "' is taken by something that cannot be seen yet.");
    assertThat(done(late.provision(SPEC, attempt)).attributes()).isEqualTo(SPEC.attributes());
  }

  @Test
  void theOwnerInTheCloudIsTheMarkerWithoutItsNonce() throws Exception {
    converge(SPEC);
    Marker marker = attempt.marker();
    assertThat(cloud.ownedBy(CloudOwner.of(marker))).hasSize(1);
    assertThat(cloud.created(CloudOwner.of(marker))).isEqualTo(1);
  }

  @Test
  void aSpecRefusesReservedKeys() {
    assertThatThrownBy(() -> FakeSpec.of("fake:key", "x"))
        .hasMessage("An attribute's key must not begin with 'fake:': fake:key");
  }
}
