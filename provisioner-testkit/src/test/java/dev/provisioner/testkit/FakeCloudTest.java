package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.spi.Marker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FakeCloudTest {
  private static final Marker MARKER = new Marker("shop", "tenant", "plan", "step", "n1");
  private static final Marker AGAIN = new Marker("shop", "tenant", "plan", "step", "n2");
  private static final CloudOwner OWNER = CloudOwner.of(MARKER);

  private final FakeCloud cloud = new FakeCloud();

  private CloudResource make(String name, Marker marker) throws Exception {
    return cloud.create("bucket", name, marker.text(), Map.of("size", "1"));
  }

  @Test
  void whatIsCreatedIsReadBack() throws Exception {
    CloudResource made = make("a", MARKER);
    assertThat(cloud.get("a")).contains(made);
    assertThat(cloud.list()).containsExactly(made);
    assertThat(cloud.get("b")).isEmpty();
    assertThat(made.owner()).contains(OWNER);
    assertThat(cloud.ownedBy(OWNER)).containsExactly(made);
    assertThat(cloud.ownedBy("tenant", "step")).containsExactly(made);
    assertThat(cloud.ownedBy("tenant", "other")).isEmpty();
  }

  @Test
  void aNameExistsOnlyOnceWhateverItsKind() throws Exception {
    make("a", MARKER);
    assertThatThrownBy(() -> cloud.create("role", "a", null, Map.of()))
        .isInstanceOf(NameTakenException.class)
        .hasMessage("A resource named 'a' exists already.");
    assertThat(cloud.created("a")).isEqualTo(1);
  }

  @Test
  void aResourceMadeAgainHasAnotherIdAndCountsTwice() throws Exception {
    CloudResource first = make("a", MARKER);
    cloud.delete("a", first.id());
    CloudResource second = make("a", MARKER);
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(cloud.created("a")).isEqualTo(2);
    assertThat(cloud.created(OWNER)).isEqualTo(2);
    assertThat(cloud.duplicates()).isEmpty();
  }

  @Test
  void removalNeedsTheIdAndAbsentIsFine() throws Exception {
    CloudResource made = make("a", MARKER);
    cloud.delete("a", "another-id");
    assertThat(cloud.existing()).containsExactly(made);
    cloud.delete("a", made.id());
    cloud.delete("a", made.id());
    assertThat(cloud.existing()).isEmpty();
    assertThat(cloud.effects()).hasSize(2);
  }

  @Test
  void anUpdateReplacesAllAttributesAndNeedsTheId() throws Exception {
    CloudResource made = make("a", MARKER);
    assertThatThrownBy(() -> cloud.update("a", "another-id", Map.of()))
        .isInstanceOf(NoSuchResourceException.class)
        .hasMessage("There is no resource named 'a' with the id 'another-id'.");
    assertThat(cloud.update("a", made.id(), Map.of("region", "eu")).attributes())
        .isEqualTo(Map.of("region", "eu"));
    cloud.update("a", made.id(), Map.of("region", "eu"));
    assertThat(cloud.effects()).hasSize(2);
  }

  @Test
  void twoResourcesOfOneOwnerAreDuplicatesThoughTheirNoncesDiffer() throws Exception {
    CloudResource first = make("a", MARKER);
    CloudResource second = make("b", AGAIN);
    make("c", new Marker("shop", "tenant", "plan", "other-step", "n3"));
    cloud.plant("bucket", "d", null, Map.of());
    cloud.plant("bucket", "e", null, Map.of());
    assertThat(cloud.duplicates()).isEqualTo(Map.of(OWNER, List.of(first, second)));
  }

  @Test
  void touchingWhatWasPlantedIsSeen() throws Exception {
    CloudResource planted = cloud.plant("bucket", "a", "theirs", Map.of());
    cloud.alter("a", Map.of("drifted", "yes"));
    assertThat(cloud.calls()).isEmpty();
    assertThat(cloud.effectsOnPlanted()).isEmpty();
    cloud.delete("a", planted.id());
    assertThat(cloud.effectsOnPlanted()).hasSize(1);
  }

  @Test
  void callsAreNumberedAndCountedPerName() throws Exception {
    cloud.get("a");
    cloud.get("b");
    cloud.get("a");
    assertThat(cloud.calls())
        .extracting(CloudCall::toString)
        .containsExactly("call 1: GET a (1)", "call 2: GET b (1)", "call 3: GET a (2)");
    assertThat(cloud.calls(CloudOperation.LIST)).isEmpty();
  }

  @Test
  void aNewResourceStaysAbsentForItsFirstReadsThoughItsNameIsTaken() throws Exception {
    FakeCloud lagging = FakeCloud.eventuallyConsistent(Faults.none(), 2);
    lagging.create("bucket", "a", null, Map.of());
    assertThat(lagging.get("a")).isEmpty();
    assertThatThrownBy(() -> lagging.create("bucket", "a", null, Map.of()))
        .isInstanceOf(NameTakenException.class);
    assertThat(lagging.list()).isEmpty();
    assertThat(lagging.get("a")).isPresent();
    assertThat(lagging.existing()).hasSize(1);
  }

  @Test
  void ofManyThreadsOneCreatesTheName() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String name = "name-" + i % 10;
      results.add(
          threads.submit(
              () -> {
                start.await();
                try {
                  return cloud.create("bucket", name, null, Map.of()) != null;
                } catch (NameTakenException e) {
                  return false;
                }
              }));
    }
    start.countDown();
    int made = 0;
    for (Future<Boolean> result : results) {
      made += result.get() ? 1 : 0;
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(made).isEqualTo(10);
    assertThat(cloud.existing()).hasSize(10);
    assertThat(cloud.calls()).hasSize(200);
    assertThat(cloud.calls().get(199).number()).isEqualTo(200);
  }

  @Test
  void aResourceDoesNotShowItsValues() throws Exception {
    CloudResource made = cloud.create("bucket", "a", null, Map.of("password", "hunter2"));
    assertThat(made.toString()).isEqualTo("bucket a id-1 [password] marker null");
  }
}
