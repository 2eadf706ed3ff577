package dev.provisioner.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Delivery;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.DocumentFormat;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.internal.document.OutboxEvent;
import dev.provisioner.internal.document.Policy;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Retry;
import dev.provisioner.spi.Change;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The machine, one input after the other: no threads, no clock, no store. */
final class MachineTest {
  private static final Retry TWICE =
      Retry.atMost(2).backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)).jitter(0);
  private static final Answer ABSENT = new Answer.Absent();

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Random random = new Random(7);
  private Document document = Document.blank("shop", "plan", "acme");
  private boolean durable;
  private boolean keepsEvents;
  private List<Effect> effects = new ArrayList<>();

  // ---- making

  @Test
  void theIntentIsRecordedBeforeTheFirstCall() {
    begin(step("a"));
    wants("a", "x");
    assertThat(durable).isTrue();
    assertThat(current("a").status()).hasToString("INTENDED");
    assertThat(calls()).containsExactly("FIND a");
  }

  @Test
  void whatIsAbsentIsMadeAndTheFactIsRecordedOnce() {
    begin(step("a"));
    wants("a", "x");
    answer("a", ABSENT);
    assertThat(durable).as("a crash now would only look again").isFalse();
    assertThat(calls()).containsExactly("PROVISION a");
    answer("a", new Answer.Made(json("made")));
    assertThat(durable).isTrue();
    assertThat(run().status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(document.lifecycle()).isEqualTo(Lifecycle.ACTIVE);
    assertThat(current("a").output()).isEqualTo(json("made"));
  }

  @Test
  void whatIsOursIsAdoptedWithoutACall() {
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.Ours(json("there")));
    assertThat(calls()).isEmpty();
    assertThat(run().status()).isEqualTo(RunStatus.SUCCEEDED);
  }

  @Test
  void whatIsNotOursIsRefusedWithoutACall() {
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.NotOurs("owned by mallory"));
    assertThat(calls()).isEmpty();
    assertThat(failure().type()).isEqualTo(Failure.Type.REFUSED);
  }

  @Test
  void whatCannotBeToldStopsTheStep() {
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.InDoubt("two of them"));
    assertThat(calls()).isEmpty();
    assertThat(failure().type()).isEqualTo(Failure.Type.IN_DOUBT);
  }

  @Test
  void aBusyBackendIsLookedAtAgainWithoutCountingAnAttempt() {
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.Busy(Duration.ofSeconds(3), "the earlier call"));
    assertThat(durable).isTrue();
    assertThat(Timers.next(document, false)).isEqualTo(now.plusSeconds(3));
    now = now.plusSeconds(3);
    apply(new Input.Tick());
    assertThat(calls()).containsExactly("FIND a");
    assertThat(task("a").failures()).isZero();
  }

  @Test
  void theResultOfOneStepAndTheIntentOfTheNextAreOneTransition() {
    begin(step("a"), step("b", "a"));
    wants("a", "x");
    answer("a", ABSENT);
    apply(answered("a", new Answer.Made(json("made"))));
    assertThat(effects).contains(new Effect.Evaluate("ENSURE:b", "b"));
    wants("b", "y");
    assertThat(current("a").status()).hasToString("MADE");
    assertThat(current("b").status()).hasToString("INTENDED");
  }

  // ---- failing

  @Test
  void anAmbiguousErrorIsTriedAgainByLooking() {
    begin(step("a"));
    wants("a", "x");
    answer("a", ABSENT);
    answer("a", new Answer.Threw(Failure.Type.AMBIGUOUS, "lost", null));
    assertThat(task("a").dueAt()).isEqualTo(now.plusSeconds(10));
    now = now.plusSeconds(9);
    apply(new Input.Tick());
    assertThat(calls()).isEmpty();
    now = now.plusSeconds(1);
    apply(new Input.Tick());
    assertThat(calls()).containsExactly("FIND a");
    assertThat(durable).as("the attempt was counted when it failed").isFalse();
    answer("a", new Answer.Threw(Failure.Type.TRANSIENT, "busy", null));
    assertThat(run().status()).isEqualTo(RunStatus.FAILED);
    assertThat(failure().attempt()).isEqualTo("2/2");
  }

  @Test
  void aPermanentErrorIsNotTriedAgain() {
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.Threw(Failure.Type.PERMANENT, "no", null));
    assertThat(run().status()).isEqualTo(RunStatus.FAILED);
    assertThat(current("a")).as("the intent stays, so that it can be removed").isNotNull();
  }

  @Test
  void aFailedStepStopsThoseBehindItAndNoOthers() {
    begin(step("a"), step("b", "a"), step("c"));
    wants("a", "x");
    wants("c", "z");
    answer("a", new Answer.Threw(Failure.Type.PERMANENT, "no", null));
    assertThat(task("b").phase()).isEqualTo(Task.Phase.STOPPED);
    assertThat(run().status()).isEqualTo(RunStatus.RUNNING);
    answer("c", ABSENT);
    answer("c", new Answer.Made(json("made")));
    assertThat(run().status()).isEqualTo(RunStatus.FAILED);
    assertThat(current("c").status()).hasToString("MADE");
  }

  @Test
  void aRollbackUndoesInReverseOrder() {
    begin(rollBack("a"), rollBack("b", "a"), rollBack("c", "b"));
    make("a", "x");
    make("b", "y");
    wants("c", "z");
    answer("c", new Answer.Threw(Failure.Type.PERMANENT, "no", null));
    assertThat(run().status()).isEqualTo(RunStatus.ROLLING_BACK);
    assertThat(calls()).containsExactly("FIND c");
    answer("UNDO:c", ABSENT);
    assertThat(calls()).containsExactly("FIND b");
    answer("UNDO:b", new Answer.Ours(json("made")));
    assertThat(calls()).containsExactly("DEPROVISION b");
    answer("UNDO:b", new Answer.Gone());
    assertThat(calls()).containsExactly("FIND a");
    answer("UNDO:a", new Answer.Ours(json("made")));
    answer("UNDO:a", new Answer.Gone());
    assertThat(run().status()).isEqualTo(RunStatus.FAILED);
    assertThat(run().rolledBack()).isTrue();
    assertThat(document.steps()).isEmpty();
  }

  // ---- crashing

  @Test
  void whatWasCallingWhenItsEngineVanishedBeginsByLooking() {
    begin(step("a"));
    wants("a", "x");
    answer("a", ABSENT);
    document = DocumentFormat.read(DocumentFormat.write(document), "acme");
    apply(new Input.Recover());
    wants("a", "x");
    assertThat(calls()).containsExactly("FIND a");
    assertThat(run().resumes()).isEqualTo(1);
  }

  // ---- changing

  @Test
  void aChangedSpecIsUpdatedInPlaceAndTheIntentIsRecorded() {
    provisioned("x");
    begin(step("a"));
    wants("a", "new");
    apply(new Input.Compared("ENSURE:a", Change.update(), spec("new")));
    assertThat(durable).isTrue();
    assertThat(current("a").wanted()).isEqualTo(json("new"));
    assertThat(calls()).containsExactly("FIND a");
    answer("a", new Answer.Ours(json("made")));
    assertThat(calls()).containsExactly("UPDATE a");
    answer("a", new Answer.Made(json("made2")));
    assertThat(current("a").spec()).isEqualTo(json("new"));
    assertThat(current("a").wanted()).isNull();
  }

  @Test
  void aReplacementIsMadeUnderAnotherNameBeforeTheOldOneIsRemoved() {
    provisioned("x");
    String old = current("a").name();
    begin(step("a"));
    wants("a", "new");
    apply(new Input.Compared("ENSURE:a", Change.replace("cannot"), spec("new")));
    assertThat(current("a").name()).isNotEqualTo(old);
    assertThat(record("a").deposed()).hasSize(1);
    answer("a", ABSENT);
    answer("a", new Answer.Made(json("made2")));
    assertThat(calls()).containsExactly("FIND a");
    answer("DISCARD:a", new Answer.Ours(json("made")));
    answer("DISCARD:a", new Answer.Gone());
    assertThat(run().status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(record("a").deposed()).isEmpty();
  }

  @Test
  void whatLeftThePlanIsRemovedOnlyWhenAllElseStands() {
    provisioned("x");
    begin(step("b"));
    wants("b", "y");
    assertThat(calls()).containsExactly("FIND b");
    answer("b", ABSENT);
    answer("b", new Answer.Made(json("made")));
    assertThat(calls()).containsExactly("FIND a");
    answer("REMOVE:a", ABSENT);
    assertThat(document.steps().keySet()).containsExactly("b");
  }

  @Test
  void whatIsNotOursAnyMoreIsNotRemoved() {
    provisioned("x");
    begin();
    answer("REMOVE:a", new Answer.NotOurs("owned by mallory"));
    assertThat(calls()).isEmpty();
    assertThat(failure().type()).isEqualTo(Failure.Type.REFUSED);
    assertThat(current("a")).isNotNull();
  }

  @Test
  void theSameMomentAndInputsGiveTheSameDocument() {
    Document first = Document.blank("shop", "plan", "acme");
    List<Input> inputs = List.of(begin("r", step("a")), new Input.Evaluated("ENSURE:a", spec("x")));
    Document once = Machine.apply(first, inputs, new Moment(now, new Random(1), false)).document();
    Document twice = Machine.apply(first, inputs, new Moment(now, new Random(1), false)).document();
    assertThat(once).isEqualTo(twice);
    assertThat(first).isEqualTo(Document.blank("shop", "plan", "acme"));
  }

  // ---- the words above

  // ---- the outbox

  @Test
  void eventsAreRecordedWithWhatTheyTellOf() {
    keepsEvents = true;
    begin(step("a"));
    wants("a", "x");
    assertThat(waiting()).containsExactly("1 RunStarted");
    answer("a", ABSENT);
    now = now.plusSeconds(3);
    answer("a", new Answer.Made(json("made")));
    assertThat(durable).isTrue();
    assertThat(waiting()).containsExactly("1 RunStarted", "2 StepDone", "3 RunEnded");
    assertThat(document.outbox().events()).allMatch(event -> "alice".equals(event.by()));
    assertThat(document.outbox().events().get(2).time()).isEqualTo(Duration.ofSeconds(3));
    assertThat(document.events()).isEqualTo(3);
  }

  @Test
  void withoutDurableListenersNothingIsRecorded() {
    provisioned("x");
    assertThat(document.events()).isEqualTo(3);
    assertThat(document.outbox()).isEqualTo(Outbox.EMPTY);
  }

  @Test
  void whatAllHaveTakenLeavesWithoutAWriteOfItsOwn() {
    keepsEvents = true;
    provisioned("x");
    deliver(Map.of("audit", 2L, "status", 1L));
    assertThat(durable).isFalse();
    assertThat(waiting()).containsExactly("2 StepDone", "3 RunEnded");
    assertThat(document.outbox().taken()).isEqualTo(Map.of("audit", 2L));
    deliver(Map.of("audit", 3L, "status", 3L));
    assertThat(document.outbox()).isEqualTo(Outbox.EMPTY);
  }

  @Test
  void aFailureIsCountedUntilAllIsTaken() {
    keepsEvents = true;
    provisioned("x");
    for (int failures = 1; failures <= 2; failures++) {
      apply(new Input.Delivered(new Delivery(Map.of("audit", 0L), "audit", now.plusSeconds(1))));
      assertThat(document.outbox().failures()).isEqualTo(failures);
    }
    assertThat(document.outbox().failing()).isEqualTo("audit");
    assertThat(document.outbox().dueAt()).isEqualTo(now.plusSeconds(1));
    deliver(Map.of("audit", 1L));
    assertThat(document.outbox().failures()).isZero();
    assertThat(document.outbox().dueAt()).isNull();
  }

  @Test
  void aFullOutboxHoldsNewStepsBackUntilThereIsRoom() {
    keepsEvents = true;
    fill(Outbox.MOST_EVENTS - 2);
    begin(step("a"), step("b"), step("c"));
    assertThat(computed()).as("with its start, one more event fits").containsExactly("a");
    make("a", "x");
    assertThat(document.outbox().hasRoomBeside(0)).isFalse();
    assertThat(computed()).isEmpty();
    assertThat(run().status()).isEqualTo(RunStatus.RUNNING);
    deliver(Map.of("audit", document.events()));
    assertThat(computed()).containsExactly("b", "c");
  }

  @Test
  void aFullOutboxHoldsRetriesBackAndTheirTimeDoesNotRunOut() {
    keepsEvents = true;
    begin(step("a"));
    wants("a", "x");
    answer("a", new Answer.Threw(Failure.Type.TRANSIENT, "busy", null));
    fill(Outbox.MOST_EVENTS);
    now = now.plusSeconds(1_000_000);
    apply(new Input.Tick());
    assertThat(calls()).isEmpty();
    assertThat(Timers.next(document, true)).isNull();
    deliver(Map.of("audit", document.events()));
    apply(new Input.Tick());
    assertThat(calls()).containsExactly("FIND a");
  }

  @Test
  void anEngineWithoutDurableListenersIsNotHeldBackAndKeepsWhatWaits() {
    keepsEvents = true;
    fill(Outbox.MOST_EVENTS);
    Outbox before = document.outbox();
    keepsEvents = false;
    provisioned("x");
    assertThat(run().status()).isEqualTo(RunStatus.SUCCEEDED);
    assertThat(document.outbox()).isEqualTo(before);
  }

  @Test
  void aRunOfAFullOutboxCanBeCancelled() {
    keepsEvents = true;
    fill(Outbox.MOST_EVENTS);
    begin(step("a"), step("b"));
    apply(new Input.Cancel());
    assertThat(run().status()).isEqualTo(RunStatus.CANCELLED);
  }

  @Test
  void longEventsFillTheOutboxToo() {
    Outbox outbox = Outbox.EMPTY;
    while (outbox.hasRoomBeside(0)) {
      outbox = outbox.with(waited(outbox.events().size() + 1, "x".repeat(5_000)));
    }
    assertThat(outbox.events()).hasSize(35); // of 1,151 characters each
  }

  private void fill(int events) {
    Outbox outbox = document.outbox();
    long sequence = document.events();
    while (outbox.events().size() < events) {
      outbox = outbox.with(waited(++sequence, ""));
    }
    document = withEvents(document.outbox(outbox), sequence);
  }

  private OutboxEvent waited(long sequence, String text) {
    EventHeader header =
        new EventHeader(sequence, now, "shop", TenantId.of("acme"), "plan", "run", null);
    return OutboxEvent.of(new ProvisioningEvent.StepFailed(header, "a", text, Duration.ZERO));
  }

  private static Document withEvents(Document d, long events) {
    return new Document(
        d.schema(),
        d.installation(),
        d.plan(),
        d.tenant(),
        d.planVersion(),
        d.lifecycle(),
        d.input(),
        d.inputFingerprint(),
        d.token(),
        d.lease(),
        d.writeId(),
        events,
        d.steps(),
        d.run(),
        d.history(),
        d.signals(),
        d.retainedUntil(),
        d.ticket(),
        d.outbox(),
        d.more());
  }

  private void deliver(Map<String, Long> taken) {
    apply(new Input.Delivered(new Delivery(taken, null, null)));
  }

  private List<String> waiting() {
    return document.outbox().events().stream()
        .map(event -> event.sequence() + " " + event.what())
        .toList();
  }

  private List<String> computed() {
    return effects.stream()
        .filter(Effect.Evaluate.class::isInstance)
        .map(effect -> ((Effect.Evaluate) effect).step())
        .toList();
  }

  private static PlannedStep step(String name, String... dependsOn) {
    return planned(name, OnFailure.KEEP, dependsOn);
  }

  private static PlannedStep rollBack(String name, String... dependsOn) {
    return planned(name, OnFailure.ROLL_BACK, dependsOn);
  }

  private static PlannedStep planned(String name, OnFailure onFailure, String... dependsOn) {
    Policy policy = new Policy(TWICE, null, 1_000, false, onFailure, OnDeprovision.DELETE);
    return new PlannedStep(name, List.of(dependsOn), policy, List.of());
  }

  private void begin(PlannedStep... steps) {
    apply(begin("run" + random.nextInt(), steps));
  }

  private static Input begin(String run, PlannedStep... steps) {
    return new Input.Begin(
        run,
        RunRecord.Kind.PROVISION,
        1,
        json("input"),
        "s1:i",
        List.of(steps),
        null,
        OnFailure.KEEP,
        null,
        0,
        "alice");
  }

  private void wants(String step, String spec) {
    apply(new Input.Evaluated("ENSURE:" + step, spec(spec)));
  }

  private static Wanted.Spec spec(String text) {
    return new Wanted.Spec("kind", NameRule.hyphenated(63), json(text), "s1:" + text, 0);
  }

  private void make(String step, String spec) {
    wants(step, spec);
    answer(step, ABSENT);
    answer(step, new Answer.Made(json("made")));
  }

  private void provisioned(String spec) {
    begin(step("a"));
    make("a", spec);
  }

  private void answer(String task, Answer answer) {
    apply(answered(task, answer));
  }

  private static Input answered(String task, Answer answer) {
    return new Input.Answered(task.contains(":") ? task : "ENSURE:" + task, answer);
  }

  private void apply(Input input) {
    Machine.Transition transition =
        Machine.apply(document, List.of(input), new Moment(now, random, keepsEvents));
    document = transition.document();
    effects = transition.effects();
    durable = transition.durable();
  }

  private List<String> calls() {
    return effects.stream()
        .filter(Effect.Call.class::isInstance)
        .map(Effect.Call.class::cast)
        .map(call -> call.verb() + " " + call.step())
        .toList();
  }

  private RunRecord run() {
    return Objects.requireNonNull(document.run());
  }

  private Failure failure() {
    return Objects.requireNonNull(run().failure());
  }

  private Task task(String step) {
    return Objects.requireNonNull(run().tasks().get("ENSURE:" + step));
  }

  private StepRecord record(String step) {
    return Objects.requireNonNull(document.steps().get(step));
  }

  private Resource current(String step) {
    return Objects.requireNonNull(record(step).current());
  }

  private static JsonNode json(String text) {
    return TextNode.valueOf(text);
  }
}
