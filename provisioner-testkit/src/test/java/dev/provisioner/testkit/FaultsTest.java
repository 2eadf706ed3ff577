package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Map<String, String> ATTRIBUTES = Map.of("a", "1", "b", "2", "c", "3");

  private final FakeCloud cloud = new FakeCloud();

  private static Class<? extends Throwable> thrownBy(CloudFailure failure) {
    return switch (failure) {
      case TRANSIENT -> TransientException.class;
      case PERMANENT -> PermanentException.class;
      case AMBIGUOUS -> IOException.class;
      case CRASH -> SimulatedCrash.class;
    };
  }

  private CloudResource create(String name) throws Exception {
    return cloud.create("bucket", name, "marker", ATTRIBUTES);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureBeforeHasNoEffect(CloudFailure failure) {
    cloud.faults().onCall(1).failBefore(failure);
    assertThatThrownBy(() -> create("x"))
        .isInstanceOf(thrownBy(failure))
        .hasMessageEndingWith(", by script: call 1: CREATE x (1)");
    assertThat(cloud.effects()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFailureAfterHasItsEffect(CloudFailure failure) {
    cloud.faults().onCall(1).failAfter(failure);
    assertThatThrownBy(() -> create("x")).isInstanceOf(thrownBy(failure));
    assertThat(cloud.existing())
        .singleElement()
        .extracting(CloudResource::attributes)
        .isEqualTo(ATTRIBUTES);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureDuringACreationLeavesTheMarkerAndSomeAttributes(CloudFailure failure) {
    cloud.faults().onCall(1).failDuring(failure);
    assertThatThrownBy(() -> create("x")).isInstanceOf(thrownBy(failure));
    CloudResource half = cloud.existing().get(0);
    assertThat(half.marker()).isEqualTo("marker");
    assertThat(half.attributes()).isEqualTo(Map.of("a", "1"));
    assertThat(cloud.created("x")).isEqualTo(1);
  }

  @Test
  void aFailureDuringAnUpdateChangesSomeAttributes() throws Exception {
    CloudResource made = create("x");
    cloud.faults().on(CloudOperation.UPDATE).failDuring(CloudFailure.AMBIGUOUS);
    assertThatThrownBy(() -> cloud.update("x", made.id(), Map.of("a", "9", "b", "9")))
        .isInstanceOf(IOException.class);
    assertThat(cloud.existing().get(0).attributes())
        .isEqualTo(Map.of("a", "9", "b", "2", "c", "3"));
  }

  @Test
  void aFailureDuringARemovalIsOneBefore() throws Exception {
    CloudResource made = create("x");
    cloud.faults().on(CloudOperation.DELETE).failDuring(CloudFailure.AMBIGUOUS);
    assertThatThrownBy(() -> cloud.delete("x", made.id())).isInstanceOf(IOException.class);
    assertThat(cloud.existing()).containsExactly(made);
  }

  @Test
  void aRemovalWhoseResponseIsLostHasRemoved() throws Exception {
    CloudResource made = create("x");
    cloud.faults().on(CloudOperation.DELETE, "x").failAfter(CloudFailure.AMBIGUOUS);
    assertThatThrownBy(() -> cloud.delete("x", made.id())).isInstanceOf(IOException.class);
    assertThat(cloud.existing()).isEmpty();
  }

  @Test
  void aRuleAppliesToItsNthCallOnly() throws Exception {
    cloud.faults().on(CloudOperation.GET, "x").nth(2).failBefore(CloudFailure.TRANSIENT);
    cloud.get("x");
    cloud.get("y");
    cloud.get("y");
    assertThatThrownBy(() -> cloud.get("x")).isInstanceOf(TransientException.class);
    assertThat(cloud.get("x")).isEmpty();
  }

  @Test
  void aRuleCanApplyEveryTimeUntilItIsCleared() throws Exception {
    cloud
        .faults()
        .when(call -> call.name().startsWith("acme-"))
        .everyTime()
        .failBefore(CloudFailure.PERMANENT);
    assertThatThrownBy(() -> create("acme-1")).isInstanceOf(PermanentException.class);
    assertThatThrownBy(() -> create("acme-2")).isInstanceOf(PermanentException.class);
    cloud.faults().clear();
    create("acme-1");
  }

  @Test
  void afterACrashNothingReachesTheCloudUntilTheRestart() throws Exception {
    cloud.faults().crashAfter(2);
    create("x");
    assertThatThrownBy(() -> create("y")).isInstanceOf(SimulatedCrash.class);
    assertThatThrownBy(() -> create("z")).isInstanceOf(SimulatedCrash.class);
    assertThat(cloud.existing()).extracting(CloudResource::name).containsExactly("x", "y");
    cloud.faults().clear();
    create("z");
  }

  @Test
  void aHeldCallHasNoEffectUntilItIsReleased() throws Exception {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<CloudResource> call = thread.submit(() -> create("x"));
    hold.awaitReached(SOON);
    assertThat(cloud.existing()).isEmpty();
    hold.release();
    CloudResource made = call.get(10, TimeUnit.SECONDS);
    assertThat(cloud.existing()).containsExactly(made);
    thread.shutdown();
  }

  @Test
  void aHeldResponseComesAfterTheEffectAndCanBeInterrupted() throws Exception {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).blockAfter();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<CloudResource> call = thread.submit(() -> create("x"));
    hold.awaitReached(SOON);
    assertThat(cloud.existing()).hasSize(1);
    thread.shutdownNow();
    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aHoldThatIsNotReachedFailsTheTest() {
    Hold hold = cloud.faults().on(CloudOperation.CREATE).block();
    assertThatThrownBy(() -> hold.awaitReached(Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("No call has reached the hold within PT0.001S.");
  }

  @Test
  void aDelayedResponseArrivesLate() throws Exception {
    cloud.faults().onCall(1).delay(Duration.ofMillis(30));
    long begin = System.nanoTime();
    create("x");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(25));
  }

  @Test
  void randomFaultsAreTheSameForASeedAndOthersForAnother() {
    assertThat(outcomes(7)).isEqualTo(outcomes(7)).isNotEqualTo(outcomes(8));
    assertThat(outcomes(7)).contains("none", "TransientException", "IOException");
  }

  @Test
  void randomFaultsKeepToTheirProbability() {
    assertThat(outcomes(1).stream().filter(each -> !each.equals("none")).count())
        .isBetween(150L, 250L);
    assertThatCode(() -> new FakeCloud(Faults.random(1, 0)).list()).doesNotThrowAnyException();
    assertThatThrownBy(() -> Faults.random(1, 1.1))
        .hasMessage("A probability is from 0 to 1, not 1.1.");
  }

  private static List<String> outcomes(long seed) {
    FakeCloud random = new FakeCloud(Faults.random(seed, 0.2));
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      try {
        Optional<CloudResource> unused = random.get("x" + i % 5);
        outcomes.add("none");
      } catch (Exception e) {
        outcomes.add(e.getClass().getSimpleName());
      }
    }
    return outcomes;
  }
}
