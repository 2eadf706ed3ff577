package dev.provisioner.engine;

import static dev.provisioner.engine.Post.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Post.Office;
import dev.provisioner.error.RefusedException;
import dev.provisioner.event.DurableListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What durable listeners are told, in one thread. */
final class DurableListenerTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration HOUR = Duration.ofHours(1);

  private Post post = new Post();
  private Journal audit = new Journal();

  @BeforeEach
  void begin() {
    post = new Post();
    audit = new Journal();
  }

  private Office office() {
    return post.open(Map.of("audit", audit));
  }

  @Test
  void theRecordedStoryIsTakenOnceAndInOrder() {
    Office office = office();
    office.provision(1, HOUR);
    office.until(post::quiet);
    assertThat(audit.story())
        .containsExactly(
            "provision began",
            "s0: created",
            "pause: waits for its time, 2026-01-01T01:00:00Z",
            "pause: created",
            "provision succeeded: 2 created");
    assertThat(audit.told).hasSize(5);
    assertThat(post.due()).isFalse();
  }

  @Test
  void aRunCostsOneWriteMoreAndNoneWithoutDurableListeners() {
    assertThat(writes(Map.of())).isEqualTo(11);
    assertThat(writes(Map.of("audit", audit))).isEqualTo(12);
    assertThat(writes(Map.of("audit", audit, "status", new Journal()))).isEqualTo(12);
  }

  private int writes(Map<String, DurableListener> listeners) {
    post = new Post();
    Office office = post.open(listeners);
    office.provision(10, NONE);
    office.until(post::quiet);
    return (int) office.points.names().stream().filter(n -> n.startsWith("before a write")).count();
  }

  @Test
  void aCrashAtAnyInstantLosesNoEventAndMakesNoGap() {
    int points = story(CrashPoints.none());
    List<String> whole = storyWithoutTimes();
    assertThat(whole).hasSize(11).last().isEqualTo("deprovision succeeded: 3 removed");
    assertThat(points).isGreaterThan(50);
    for (int n = 1; n <= points; n++) {
      begin();
      story(CrashPoints.at(n));
      List<String> told = new ArrayList<>(storyWithoutTimes());
      assertThat(post.document().events()).as("at point %d", n).isEqualTo(told.size());
      told.removeIf(each -> each.equals("run goes on: the engine that worked on it is gone"));
      assertThat(told).as("at point %d", n).isEqualTo(whole);
    }
  }

  private List<String> storyWithoutTimes() {
    return audit.story().stream().map(each -> each.replaceAll(", 2026-.*", "")).toList();
  }

  /** Provisions and deprovisions; if the engine dies, another one goes on. */
  private int story(CrashPoints points) {
    Office first = post.open(points, Map.of("audit", audit));
    try {
      story(first);
    } catch (SimulatedCrash e) {
      first.die();
      story(office());
    }
    return points.passed();
  }

  private void story(Office office) {
    if (!post.recorded()) {
      office.provision(2, HOUR);
    }
    office.until(post::quiet);
    if (office.status().lifecycle() == Lifecycle.ACTIVE) {
      office.engine.deprovision(office.plan, ACME, Duration.ofDays(30));
    }
    office.until(post::quiet);
  }

  @Test
  void aRunHasEndedThoughItsEventsAreNotTakenAndTheTenantStaysDue() {
    audit.failing = true;
    Office office = office();
    Run run = office.provision(1, NONE);
    office.until(post::ended);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(post.document().lease()).isNull();
    assertThat(office.status().undelivered()).isEqualTo(3);
    office.until(() -> audit.calls == 3);
    assertThat(post.due()).isTrue();
    assertThat(run.report())
        .containsPattern(
            "\n3 event\\(s\\) wait for durable listeners; 'audit' failed 3 time\\(s\\) in a row,"
                + " next attempt at \\S+Z\n$");
    audit.failing = false;
    office.until(post::quiet);
    assertThat(audit.told).hasSize(3);
    assertThat(office.status().undelivered()).isZero();
    assertThat(post.due()).isFalse();
  }

  @Test
  void aFailingListenerIsToldAgainLessAndLessOften() {
    audit.failing = true;
    Office office = office();
    office.provision(1, NONE);
    List<Duration> waits = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      int calls = i;
      Instant before = post.clock.instant();
      office.until(() -> audit.calls > calls);
      waits.add(Duration.between(before, post.clock.instant()));
    }
    assertThat(waits.get(3)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(10));
    assertThat(waits.get(11)).isBetween(Duration.ofSeconds(150), Duration.ofSeconds(302));
  }

  @Test
  void anotherEngineGoesOnWhereAListenerFailed() throws Exception {
    audit.failing = true;
    Journal status = new Journal();
    Map<String, Journal> both = Map.of("audit", audit, "status", status);
    Office office = post.open(both);
    office.provision(1, NONE);
    office.until(() -> post.ended() && audit.calls == 2 && post.document().outbox().failures() > 0);
    office.close();
    audit.failing = false;
    post.open(both).until(post::quiet);
    assertThat(audit.told).hasSize(3);
    assertThat(status.told).as("what it has taken is recorded").hasSize(3);
  }

  @Test
  void aFullOutboxHoldsItsTenantBackAndIsSeen() {
    audit.failing = true;
    Office office = office();
    Run run = office.provision(300, NONE);
    office.until(() -> office.status().undelivered() == Outbox.MOST_EVENTS);
    office.threads.runFor(HOUR);
    assertThat(post.cloud.existing()).hasSize(199);
    assertThat(post.document().lease()).as("while it waits for long").isNull();
    assertThat(run.outcome()).isInstanceOf(Outcome.StillRunning.class);
    assertThat(run.report())
        .containsPattern(
            "\n200 event\\(s\\) wait for durable listeners; 'audit' failed \\d+ time\\(s\\) in a"
                + " row, next attempt at \\S+Z; nothing new is begun until they are taken\n$");
    audit.failing = false;
    office.until(post::quiet);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
    assertThat(audit.events()).hasSize(302);
    assertThat(audit.told).hasSize(302);
  }

  @Test
  void noRunIsBegunWhoseEventsHaveNoRoom() {
    audit.failing = true;
    Office office = office();
    Run run = office.provision(300, NONE);
    office.until(() -> office.status().undelivered() == Outbox.MOST_EVENTS);
    run.cancel();
    office.until(post::ended);
    assertThat(run.outcome()).isInstanceOf(Outcome.Cancelled.class);
    for (Runnable request :
        List.<Runnable>of(
            () -> office.provision(1, NONE),
            () -> office.engine.resume(office.plan, ACME),
            () -> office.engine.deprovision(office.plan, ACME))) {
      assertThatThrownBy(request::run)
          .isInstanceOf(RefusedException.class)
          .hasMessage(
              "201 events of this tenant wait for durable listeners, which is as many as may."
                  + " Nothing was begun. Mend 'audit', which fails, and ask again when it has taken"
                  + " them. [tenant=acme plan=plan run="
                  + run.id()
                  + "]");
    }
    audit.failing = false;
    office.until(post::quiet);
    office.engine.resume(office.plan, ACME);
    office.until(post::quiet);
    assertThat(run.outcome()).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void anEngineWithoutDurableListenersKeepsWhatWaitsAndIsNotHeldUp() throws Exception {
    audit.failing = true;
    Office first = office();
    first.provision(1, NONE);
    first.until(post::ended);
    first.close();
    Office without = post.open(Map.of());
    without.engine.deprovision(without.plan, ACME);
    without.until(post::ended);
    without.threads.runFor(HOUR);
    assertThat(post.document().outbox().events()).hasSize(3);
    assertThat(post.document().events()).isEqualTo(6);
    without.close();
    audit.failing = false;
    office().until(post::quiet);
    assertThat(audit.story()).hasSize(3);
  }

  @Test
  void whoAskedIsToldWithEveryEventOfTheRun() {
    Office office = office();
    office.engine.provision(
        office.plan, ACME, new Post.Wish(1, NONE), ProvisionOptions.defaults().by("alice"));
    office.until(post::quiet);
    office.engine.deprovision(
        office.plan, ACME, RemovalOptions.defaults().retention(HOUR).by("bob"));
    office.until(() -> post.quiet() && audit.told.size() == 6);
    office.engine.purge(office.plan, ACME, RemovalOptions.defaults().by("carol \u00e9"));
    office.until(() -> post.quiet() && audit.told.size() == 8);
    assertThat(audit.events())
        .extracting(event -> event.header().by())
        .containsExactly(
            "alice", "alice", "alice", "bob", "bob", "bob", "carol \u00e9", "carol \u00e9");
  }

  @Test
  void whoAsksIsNamedInPrint() {
    ProvisionOptions options = ProvisionOptions.defaults();
    assertThat(options.by("x".repeat(200)).by()).hasSize(200);
    for (String wrong : List.of("", " ", "x".repeat(201), "a\nb", "a\u0000", "a\u202eb")) {
      assertThatThrownBy(() -> options.by(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> options.by("a\nb"))
        .hasMessage("Who asks is named by 1 to 200 printable characters, unlike 'a\\u000Ab'.");
  }

  @Test
  void timesAreToldFromTheBeginningWhoeverWorkedOnIt() {
    Office first = office();
    first.provision(1, HOUR);
    first.until(() -> audit.told.size() == 3);
    first.die();
    office().until(post::quiet);
    List<ProvisioningEvent> events = audit.events();
    ProvisioningEvent.RunEnded ended = (ProvisioningEvent.RunEnded) events.get(events.size() - 1);
    assertThat(ended.took()).isBetween(HOUR, HOUR.plusSeconds(10));
    assertThat(ended.took())
        .isEqualTo(Duration.between(events.get(0).header().at(), ended.header().at()));
  }

  @Test
  void namesOfListenersAreTheirOwn() {
    EngineBuilder builder = ProvisioningEngine.builder(post.store).durableListener("audit", audit);
    assertThatThrownBy(() -> builder.durableListener("audit", audit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Two durable listeners are named 'audit'.");
    assertThatThrownBy(() -> builder.durableListener("Audit", audit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A durable listener's name has 1 to 63 lower-case letters, digits and hyphens and"
                + " begins with a letter; 'Audit' does not.");
  }
}
