package dev.provisioner.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Peers.Peer;
import dev.provisioner.engine.Peers.Wish;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.error.RefusedException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.testkit.ForwardingStateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases and fencing, with engines and time moved by hand. The lease is 15 s, as by default. */
final class LeaseTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration CALL = Duration.ofSeconds(15);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Peers peers = new Peers();

  @ParameterizedTest
  @ValueSource(longs = {-3600, -7, 0, 7, 3600})
  void aPausedEngineIsTakenOverOnlyAfterItsWholeLeaseWhateverTheClocksSay(long skewSeconds) {
    Peer holder = peers.join();
    Peer contender = peers.join(Duration.ofSeconds(skewSeconds), CALL, true);
    holder.provision("s");
    holder.paused = true;
    // A host that asks makes no difference, and shows the document to a contender whose clock is
    // behind, which the index by time does not.
    Duration asked = Duration.ZERO;
    while (peers.token() == 1 && asked.compareTo(HOUR) < 0) {
      contender.engine.resume(contender.plan, Peers.ACME);
      asked = asked.plus(peers.passUntil(() -> peers.token() > 1, Duration.ofSeconds(1)));
    }
    assertThat(asked).isGreaterThanOrEqualTo(LEASE).isLessThan(LEASE.multipliedBy(3));
    peers.passUntil(peers::ended, HOUR);
    assertThat(peers.ended()).isTrue();
  }

  @Test
  void aSweepAloneTakesAPausedEngineOver() {
    Peer holder = peers.join();
    Peer contender = peers.join();
    holder.provision("s");
    holder.paused = true;
    Duration waited = peers.passUntil(peers::ended, HOUR);
    assertThat(waited).isGreaterThanOrEqualTo(LEASE).isLessThan(Duration.ofSeconds(60));
    assertThat(contender.calls).isNotEmpty();
  }

  @Test
  void anEngineThatWakesUpAfterItsLeaseMakesNoCallsAndWritesNothing() {
    Peer holder = peers.join();
    Peer contender = peers.join();
    holder.provision("s");
    holder.paused = true; // with a call to find that has not begun
    peers.passUntil(() -> peers.token() == 2, HOUR);
    contender.paused = true;
    String revision = peers.revision();
    holder.paused = false;
    peers.pass(Duration.ofSeconds(8));

    assertThat(holder.calls).isEmpty();
    assertThat(holder.told(LeaseLost.class)).hasSize(1);
    assertThat(peers.revision()).isEqualTo(revision);
    contender.paused = false;
    peers.passUntil(peers::ended, HOUR);
    assertThat(peers.cloud.existing()).hasSize(2);
    assertThat(peers.cloud.effects()).hasSize(2);
    assertThat(holder.engine.run(holder.plan, Peers.ACME).orElseThrow().outcome())
        .isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void anEngineThatWasPausedForLessThanItsLeaseGoesOnWithoutACountedFailure() {
    Peer holder = peers.join();
    holder.provision("s");
    holder.paused = true;
    peers.pass(Duration.ofSeconds(200)); // nobody else is there
    holder.paused = false;
    peers.passUntil(peers::ended, HOUR);
    assertThat(holder.calls)
        .containsExactly("find first", "provision first", "find second", "provision second");
    assertThat(requireNonNull(peers.document().orElseThrow().run()).tasks().values())
        .allSatisfy(task -> assertThat(task.retries()).isZero());
  }

  @Test
  void aCallUnderWayIsToldToGiveUpWhenItsEngineHasLostTheLease() {
    Peer holder = peers.join(Duration.ZERO, CALL, false);
    Peer contender = peers.join();
    List<String> why = new ArrayList<>();
    holder.before =
        (verb, attempt) -> {
          if (verb.equals("provision") && attempt.step().equals("first")) {
            holder.paused = true;
            peers.passUntil(() -> peers.token() == 2, HOUR);
            contender.paused = true;
            holder.paused = false;
            attempt.onCancel(() -> why.add("told"));
            peers.pass(Duration.ofSeconds(6));
            contender.paused = false;
          }
        };
    holder.provision("s");
    peers.passUntil(peers::ended, HOUR);
    assertThat(why).containsExactly("told");
    assertThat(holder.told(LeaseLost.class)).hasSize(1);
    assertThat(holder.calls).containsExactly("find first", "provision first");
    assertThat(peers.cloud.effects()).hasSize(2);
    assertThat(peers.cloud.existing()).hasSize(2);
  }

  @Test
  void heartbeatsKeepTheLeaseOfALongCall() {
    Peer holder = peers.join(Duration.ZERO, Duration.ofMinutes(10), false);
    Peer contender = peers.join();
    AtomicBoolean once = new AtomicBoolean();
    holder.before =
        (verb, attempt) -> {
          if (verb.equals("provision") && once.compareAndSet(false, true)) {
            peers.pass(Duration.ofMinutes(5));
          }
        };
    Run run = holder.provision("s");
    peers.passUntil(peers::ended, HOUR);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(peers.token()).isEqualTo(1);
    assertThat(contender.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTakeOverWaitsOutTheDeadlineOfACallThatItsBackendDoesNotExclude(boolean exclusive) {
    Duration call = Duration.ofSeconds(60);
    Peer holder = peers.join(Duration.ZERO, call, exclusive);
    peers.join(HOUR, call, exclusive); // sees each write at once
    List<Duration> waited = new ArrayList<>();
    holder.before =
        (verb, attempt) -> {
          if (!attempt.step().equals("first")) {
            return;
          }
          if (verb.equals("find")) {
            peers.pass(Duration.ofSeconds(4)); // without a heartbeat
          } else if (waited.isEmpty()) {
            waited.add(Duration.ZERO);
            holder.paused = true;
            waited.set(0, peers.passUntil(() -> peers.token() == 2, HOUR));
          }
        };
    holder.provision("s");
    peers.passUntil(peers::ended, HOUR);
    if (exclusive) {
      assertThat(waited.get(0)).isLessThan(call);
    } else {
      assertThat(waited.get(0)).isGreaterThanOrEqualTo(call).isLessThan(call.multipliedBy(2));
    }
  }

  @Test
  void ofTwoThatRaceToTakeOverOneWins() {
    Peer holder = peers.join();
    Peer one = peers.join();
    Peer two = peers.join();
    holder.provision("s");
    holder.paused = true;
    peers.passUntil(peers::ended, HOUR);
    assertThat(peers.token()).isEqualTo(2);
    assertThat(one.calls.isEmpty() != two.calls.isEmpty()).isTrue();
    assertThat(peers.cloud.effects()).hasSize(2);
  }

  @Test
  void aCancelFromAnotherEngineIsKeptThroughTheHoldersWrite() {
    Peer holder = peers.join();
    Peer other = peers.join();
    holder.before =
        (verb, attempt) -> {
          if (verb.equals("provision") && attempt.step().equals("first")) {
            assertThat(other.engine.cancel(other.plan, Peers.ACME)).isTrue();
          }
        };
    Run run = holder.provision("s");
    peers.passUntil(peers::ended, HOUR);
    assertThat(run.outcome()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(peers.token()).isEqualTo(1);
    assertThat(peers.cloud.existing()).hasSize(1);
    assertThat(peers.document().orElseThrow().signals().cancel()).isNull();
  }

  @Test
  void requestsQueuedByOthersAreKeptThroughTheHoldersWritesAndRunInOrder() {
    Peer holder = peers.join();
    Peer other = peers.join();
    List<Run> queued = new ArrayList<>();
    AtomicInteger calls = new AtomicInteger();
    holder.before =
        (verb, attempt) -> {
          if (calls.incrementAndGet() <= 3) {
            queued.add(
                other.engine.provision(
                    other.plan,
                    Peers.ACME,
                    new Wish("size-" + calls.get()),
                    ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE)));
          }
        };
    Run run = holder.provision("s");
    peers.pass(Duration.ofMinutes(2));
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(queued).hasSize(3);
    queued.forEach(each -> assertThat(each.outcome()).isInstanceOf(Outcome.Succeeded.class));
    assertThat(peers.document().orElseThrow().history()).hasSize(3);
    assertThat(requireNonNull(peers.document().orElseThrow().input()).path("size").asText())
        .isEqualTo("size-3");
    assertThat(peers.document().orElseThrow().signals().requests()).isEmpty();
  }

  @Test
  void theSameRequestOfTwoEnginesIsOneRunAndAnotherIsRefused() {
    Peer one = peers.join();
    Peer two = peers.join();
    Run first = one.provision("s");
    Run second = two.provision("s");
    assertThat(second.id()).isEqualTo(first.id());
    assertThatThrownBy(() -> two.provision("other")).isInstanceOf(RefusedException.class);
    peers.passUntil(peers::ended, HOUR);
    assertThat(two.provision("s").id()).isEqualTo(first.id());
    assertThat(peers.cloud.effects()).hasSize(2);
  }

  @Test
  void anAnswerToAWriteThatComesAfterTheLeaseBeginsNoCalls() {
    Runnable[] afterWrite = {() -> {}};
    Peers slow = new Peers(new SlowStore(() -> afterWrite[0].run()));
    Peer holder = slow.join();
    slow.join();
    afterWrite[0] =
        () -> {
          afterWrite[0] = () -> {};
          holder.paused = true;
          slow.passUntil(() -> slow.token() == 2, HOUR);
        };
    Run run = holder.provision("s");
    holder.paused = false;
    slow.passUntil(slow::ended, HOUR);
    slow.pass(Duration.ofSeconds(1));
    assertThat(holder.calls).isEmpty();
    assertThat(holder.told(LeaseLost.class)).hasSize(1);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(slow.cloud.effects()).hasSize(2);
  }

  @Test
  void anEngineThatFailsUnexpectedlyTakesTheRunUpAgainAfterItsLease() {
    Peer only = peers.join();
    only.failing = 1;
    try {
      only.provision("s");
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("as this test asked");
    }
    peers.pass(Duration.ofSeconds(70));
    assertThat(peers.ended()).isTrue();

    only.before =
        (verb, attempt) -> {
          if (verb.equals("find") && attempt.step().equals("first")) {
            only.failing = 1;
            only.before = (v, a) -> {};
          }
        };
    Run run = only.provision("t");
    peers.pass(Duration.ofSeconds(70));
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
  }

  /** A store that lets something happen after a write, before its answer arrives. */
  private static final class SlowStore extends ForwardingStateStore {
    private final Runnable afterWrite;

    private SlowStore(Runnable afterWrite) {
      super(MemoryStateStore.create());
      this.afterWrite = afterWrite;
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      Optional<String> revision = super.write(key, expected, document);
      afterWrite.run();
      return revision;
    }
  }
}
