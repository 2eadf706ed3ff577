package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Peers.Peer;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.ForwardingStateStore;
import dev.provisioner.testkit.ManualThreads;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Writes whose answer is lost, writes that fail, and a store that is away for a while. */
final class LostResponseTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void aLostAnswerOfAnyWriteLosesNothing() {
    int writes = writesOfARun();
    for (int n = 1; n <= writes; n++) {
      Peers peers = new Peers();
      Peer peer = peers.join();
      peer.view.loseAnswerOfWrite(n);
      Run run = peer.provision("s");
      peers.passUntil(peers::ended, HOUR);
      assertEndedOnce(peers, peer, run, "answer of write " + n + " lost");
      assertThat(peer.view.writes()).isEqualTo(writes);
    }
  }

  @Test
  void aFailedWriteIsTriedAgainAndNothingIsDoneTwice() {
    int writes = writesOfARun();
    for (int n = 2; n <= writes; n++) {
      Peers peers = new Peers();
      Peer peer = peers.join();
      peer.view.failWrite(n).failWrite(n + 1);
      Run run = peer.provision("s");
      peers.passUntil(peers::ended, HOUR);
      assertEndedOnce(peers, peer, run, "writes " + n + " and " + (n + 1) + " failed");
    }
  }

  @Test
  void aStoreThatIsAwayAfterAnyWriteIsWaitedFor() {
    int writes = writesOfARun();
    for (boolean written : new boolean[] {true, false}) {
      for (int n = 2; n <= writes; n++) {
        Outage store = new Outage(n, written);
        Peers peers = new Peers(store);
        Peer peer = peers.join();
        Run run = peer.provision("s");
        peers.pass(Duration.ofSeconds(60));
        assertThat(store.away).isTrue();
        store.back();
        peers.passUntil(peers::ended, HOUR);
        peers.pass(Duration.ofSeconds(3));
        assertEndedOnce(peers, peer, run, "away at write " + n + (written ? ", written" : ""));
      }
    }
  }

  @Test
  void aRequestWhoseFirstWriteIsInDoubtRunsOnceWhenItIsMadeAgain() {
    for (boolean written : new boolean[] {true, false}) {
      Outage store = new Outage(1, written);
      Peers peers = new Peers(store);
      Peer peer = peers.join();
      assertThatThrownBy(() -> peer.provision("s")).isInstanceOf(StateStoreException.class);
      store.back();
      Run run = peer.provision("s");
      peers.passUntil(peers::ended, HOUR);
      assertEndedOnce(peers, peer, run, "first write in doubt");
      assertThat(peers.document().orElseThrow().history()).isEmpty();
    }
  }

  @Test
  void anAnswerIsKeptWhenTheStoreCannotSayWhatOthersSignalled() {
    Outage store = new Outage(Integer.MAX_VALUE, true);
    FakeCloud cloud = new FakeCloud();
    SettableClock clock = SettableClock.create();
    ManualThreads threads = ManualThreads.on(clock);
    Plan<Wish> plan =
        Plan.of(
            "plan",
            Wish.class,
            Step.named("a", FakeResources.on(cloud)).from(tenant -> FakeSpec.empty()));
    ProvisioningEngine engine =
        ProvisioningEngine.builder(store)
            .installation("test")
            .plans(plan)
            .clock(clock)
            .ticker(clock.ticker())
            .threads(threads)
            .build();
    Run run = engine.provision(plan, Lab.ACME, Wish.none());
    while (cloud.calls().isEmpty()) {
      assertThat(threads.runNext()).isTrue();
    }
    engine.resume(plan, Lab.ACME); // has the run look for signals, beside the answer
    store.goAway();
    threads.runReady();
    store.back();
    threads.runUntil(() -> run.outcome() instanceof Outcome.Succeeded, Duration.ofMinutes(1));
  }

  @Test
  void aRequestThatMeetsARunWhoseEndIsInDoubtIsAnsweredAtOnce() {
    Outage store = new Outage(writesOfARun(), true);
    Peers peers = new Peers(store);
    Peer peer = peers.join();
    Run run = peer.provision("s");
    peers.passUntil(() -> store.away, HOUR);
    store.back();
    store.readsLeft = 20;
    assertThat(peer.engine.deprovision(peer.plan, Peers.ACME).id()).isNotEqualTo(run.id());
  }

  @Test
  void aRequestThatMeetsARunThatWasTakenOverMeanwhileIsAnsweredAtOnce() {
    Outage store = new Outage(Integer.MAX_VALUE, true);
    Peers peers = new Peers(store);
    Peer paused = peers.join();
    peers.join();
    paused.provision("s");
    paused.paused = true;
    peers.passUntil(peers::ended, HOUR);
    store.readsLeft = 20;
    Run run = paused.provision("t");
    store.readsLeft = Integer.MAX_VALUE;
    paused.paused = false;
    peers.passUntil(peers::ended, HOUR);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
  }

  private static int writesOfARun() {
    Peers peers = new Peers();
    Peer peer = peers.join();
    peer.provision("s");
    peers.passUntil(peers::ended, HOUR);
    return peer.view.writes();
  }

  private static void assertEndedOnce(Peers peers, Peer peer, Run run, String when) {
    assertThat(run.outcome()).as(when).isInstanceOf(Outcome.Succeeded.class);
    assertThat(peers.cloud.effects()).as(when).hasSize(2);
    assertThat(peers.cloud.existing()).as(when).hasSize(2);
    peers.pass(Duration.ofSeconds(2));
    assertThat(peer.told(LeaseLost.class)).as(when).isEmpty();
    assertThat(peer.told(RunEnded.class)).as(when).hasSize(1);
    assertThat(peers.document().orElseThrow().lease()).as(when).isNull();
  }

  /** A store that goes away with one write, which it carries out or not, until it is back. */
  private static final class Outage extends ForwardingStateStore {
    private final int at;
    private final boolean written;
    private int writes;
    private boolean away;
    private int readsLeft = Integer.MAX_VALUE;

    private Outage(int at, boolean written) {
      super(MemoryStateStore.create());
      this.at = at;
      this.written = written;
    }

    void goAway() {
      away = true;
    }

    void back() {
      away = false;
    }

    private void answer() {
      if (away) {
        throw new StateStoreException("The store is away, as this test asked.");
      }
    }

    @Override
    public Optional<Versioned> read(DocumentKey key) {
      answer();
      if (readsLeft-- == 0) {
        throw new AssertionError("The store is asked for ever.");
      }
      return super.read(key);
    }

    @Override
    public Optional<String> write(
        DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
      answer();
      if (++writes == at) {
        away = true;
        if (written) {
          super.write(key, expected, document);
        }
      }
      answer();
      return super.write(key, expected, document);
    }

    @Override
    public List<Listed> due(String installation, Instant until, int limit) {
      answer();
      return super.due(installation, until, limit);
    }

    @Override
    public Page list(Query query, @Nullable String cursor, int limit) {
      answer();
      return super.list(query, cursor, limit);
    }
  }
}
