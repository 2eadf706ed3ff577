package dev.provisioner.internal.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.machine.Timers;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Retry;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class DocumentFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");

  @Test
  void everyFieldSurvives() throws Exception {
    Document document = full();
    assertThat(DocumentFormat.read(DocumentFormat.write(document), "x")).isEqualTo(document);
    Document blank = Document.blank("shop", "plan", "acme");
    assertThat(DocumentFormat.read(DocumentFormat.write(blank), "x")).isEqualTo(blank);
  }

  @Test
  void aDocumentWithoutWaitingEventsSaysNothingOfThem() {
    byte[] written = DocumentFormat.write(Document.blank("shop", "plan", "acme"));
    assertThat(new String(written, StandardCharsets.UTF_8)).doesNotContain("outbox");
  }

  @Test
  void anEventOfANewerReleaseIsKeptAndNothingAfterItIsTold() throws Exception {
    ObjectNode tree = (ObjectNode) JSON.readTree(DocumentFormat.write(full()));
    ObjectNode newer = (ObjectNode) tree.at("/outbox/events/1");
    newer.put("what", "StepForked").put("into", 3);
    Document read = DocumentFormat.read(JSON.writeValueAsBytes(tree), "x");
    assertThat(read.outbox().known()).extracting(OutboxEvent::what).containsExactly("RunStarted");
    JsonNode written = JSON.readTree(DocumentFormat.write(read));
    assertThat(written.at("/outbox/events/1/what").asText()).isEqualTo("StepForked");
    assertThat(written.at("/outbox/events/1/into").asInt()).isEqualTo(3);
  }

  @Test
  void eventsOutOfOrderOrWithoutWhatMakesThemAreRefused() throws Exception {
    for (String damage : List.of("sequence", "what", "at", "run", "step", "until", "status")) {
      ObjectNode tree = (ObjectNode) JSON.readTree(DocumentFormat.write(full()));
      tree.at("/outbox/events").forEach(event -> ((ObjectNode) event).remove(damage));
      assertThatThrownBy(() -> DocumentFormat.read(JSON.writeValueAsBytes(tree), "x"))
          .as(damage)
          .isInstanceOf(StateStoreException.class)
          .hasMessageStartingWith("The state of x is damaged");
    }
  }

  @Test
  void everyRecordedEventIsToldAsItWas() throws Exception {
    Document document = full();
    List<ProvisioningEvent> told =
        DocumentFormat.read(DocumentFormat.write(document), "x").outbox().events().stream()
            .map(event -> event.told(document))
            .toList();
    assertThat(told).isEqualTo(events());
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    String text = "x".repeat(999) + "\uD83D\uDE00".repeat(3);
    OutboxEvent event =
        OutboxEvent.of(new ProvisioningEvent.StepFailed(header(1), "s", text, Duration.ZERO));
    assertThat(event.text()).isEqualTo("x".repeat(999) + "…");
  }

  private static EventHeader header(long sequence) {
    TenantId acme = TenantId.of("acme");
    return new EventHeader(sequence, NOW, "shop", acme, "plan", "run", sequence == 1 ? "al" : null);
  }

  private static List<ProvisioningEvent> events() {
    Duration time = Duration.ofNanos(1_234_567_890_123L);
    return List.of(
        new ProvisioningEvent.RunStarted(header(1), "provision"),
        new ProvisioningEvent.RunResumed(header(2), "why"),
        new ProvisioningEvent.RollbackStarted(header(3), "why"),
        new ProvisioningEvent.StepWaiting(header(4), "s", "the world", NOW.plusSeconds(1)),
        new ProvisioningEvent.StepRetrying(header(5), "s", 1, 3, time, "busy"),
        new ProvisioningEvent.StepDone(header(7), "s", "made", time, new Progress(List.of(), 1, 2)),
        new ProvisioningEvent.StepFailed(header(8), "s", "no", time),
        new ProvisioningEvent.RunEnded(header(9), RunStatus.FAILED, "failed", time));
  }

  private static Outbox outbox() {
    List<OutboxEvent> events = events().stream().map(OutboxEvent::of).toList();
    return new Outbox(events, Map.of("audit", 4L), "status", 2, NOW);
  }

  @Test
  void noDigitOfANumberIsLost() throws Exception {
    JsonNode number = DocumentFormatTest.tree("{\"n\":12345678901234567890.12345678901234567890}");
    Document read = DocumentFormat.read(DocumentFormat.write(withInput(number)), "x");
    assertThat(read.input()).hasToString("{\"n\":12345678901234567890.12345678901234567890}");
  }

  @Test
  void fieldsOfANewerReleaseAreKept() throws Exception {
    ObjectNode tree = (ObjectNode) JSON.readTree(DocumentFormat.write(full()));
    tree.putObject("protection").put("by", "ops");
    Document read = DocumentFormat.read(JSON.writeValueAsBytes(tree), "x");
    JsonNode written = JSON.readTree(DocumentFormat.write(read));
    assertThat(written.path("protection").path("by").asText()).isEqualTo("ops");
  }

  @Test
  void anUnknownSchemaIsRefused() {
    assertThatThrownBy(() -> read("{\"schema\":7}"))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state of shop/plan/acme has schema version 7; this release reads version 1. It was"
                + " left as it is. Use the release that wrote it, or a newer one.");
    assertThatThrownBy(() -> read("{}")).hasMessageContaining("has schema version 0");
  }

  @Test
  void whatIsNoDocumentIsRefused() {
    for (String damaged :
        List.of("", "null", "[]", "{\"schema\":1", "{\"schema\":1,\"steps\":5}", "\u0000")) {
      assertThatThrownBy(() -> read(damaged)).isInstanceOf(StateStoreException.class);
    }
  }

  @Test
  void aChangeAfterAWriteIsWritten() throws Exception {
    Document full = full();
    byte[] first = DocumentFormat.write(full);
    assertThat(DocumentFormat.write(full)).isEqualTo(first);

    Rows.Editor<StepRecord> steps = Rows.of(full.steps()).edit();
    steps.put("s", steps.value(0).depose(false));
    Document changed = full.steps(steps.rows());

    Document read = DocumentFormat.read(DocumentFormat.write(changed), "acme");
    assertThat(read).isEqualTo(changed).isNotEqualTo(full);
    assertThat(DocumentFormat.write(full)).isEqualTo(first);
  }

  // ---- hostile bytes

  @Test
  void aNewerSchemaIsRefusedHoweverItIsWritten() {
    for (String newer : List.of("2", "4294967297", "1e0", "1.0", "\"1\"", "[1]", "null")) {
      assertThatThrownBy(() -> read("{\"schema\":" + newer + "}"))
          .as(newer)
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("; this release reads version 1.");
    }
  }

  @Test
  void whatTheDocumentMustHaveIsNeverReadAsNull() throws Exception {
    String whole = new String(DocumentFormat.write(full()), StandardCharsets.UTF_8);
    int refused = 0;
    for (String field : fields(JSON.readTree(whole))) {
      String damaged =
          whole.replaceAll("\"" + field + "\":(\"[^\"]*\"|[0-9.]+)", "\"" + field + "\":null");
      try {
        Timers.next(read(damaged), false);
      } catch (StateStoreException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(15);
    for (String damaged :
        List.of(
            "\"steps\":{\"s\":null}", "\"history\":[null]", "\"signals\":{\"requests\":[null]}")) {
      assertThatThrownBy(() -> read(whole.replaceFirst("\"events\":9", damaged)))
          .isInstanceOf(StateStoreException.class);
    }
  }

  private static Set<String> fields(JsonNode node) {
    Set<String> fields = new TreeSet<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      fields.add(member.getKey());
      fields.addAll(fields(member.getValue()));
    }
    return fields;
  }

  @Test
  void everyTruncationAndWhatFollowsADocumentAreRefused() throws Exception {
    byte[] whole = DocumentFormat.write(full());
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> DocumentFormat.read(cut, "x"))
          .isInstanceOf(StateStoreException.class);
    }
    String text = new String(whole, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> read(text + "{}")).isInstanceOf(StateStoreException.class);
    assertThatThrownBy(() -> read(text.replaceFirst("\\{", "{\"tenant\":\"other\",")))
        .isInstanceOf(StateStoreException.class);
  }

  @Test
  void damagedBytesAreReadOrRefusedAndNothingElse() throws Exception {
    byte[] whole = DocumentFormat.write(full());
    Random random = new Random(1);
    String odd = "{}[]\",:0-9e.ntfa\\\u0000\u00ff";
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = whole.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) odd.charAt(random.nextInt(odd.length()));
      }
      try {
        Document read = DocumentFormat.read(damaged, "x");
        Timers.next(read, false);
        assertThat(DocumentFormat.read(DocumentFormat.write(read), "x")).isEqualTo(read);
      } catch (StateStoreException e) {
        assertThat(e).hasMessageContaining("It was left as it is.");
      }
    }
  }

  @Test
  void aNumberWithTooLongAnExponentIsRefused() {
    assertThatThrownBy(() -> read("{\"schema\":1,\"x\":1e10000000001}"))
        .isInstanceOf(StateStoreException.class)
        .hasMessage(
            "The state of shop/plan/acme is damaged: it is no JSON document of this library"
                + " (NumberFormatException). It was left as it is. Restore it from a backup of the"
                + " store.");
  }

  @Test
  void aKeyOfAnInputMayBeAsLongAsADocument() throws Exception {
    JsonNode input = JSON.createObjectNode().put("k".repeat(100_000), 1);
    Document read = DocumentFormat.read(DocumentFormat.write(withInput(input)), "x");
    assertThat(read.input()).isEqualTo(input);
  }

  private static Document read(String text) {
    return DocumentFormat.read(text.getBytes(StandardCharsets.UTF_8), "shop/plan/acme");
  }

  private static JsonNode tree(String json) throws Exception {
    return DocumentFormat.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Document withInput(JsonNode input) {
    Document blank = Document.blank("shop", "plan", "acme");
    return new Document(
        blank.schema(),
        blank.installation(),
        blank.plan(),
        blank.tenant(),
        3,
        Lifecycle.ACTIVE,
        input,
        "s1:x",
        7,
        new Lease("engine", 5, 15_000),
        "write",
        9,
        blank.steps(),
        null,
        List.of(),
        Signals.NONE,
        NOW,
        0,
        Outbox.EMPTY,
        Map.of());
  }

  private static Document full() throws Exception {
    JsonNode json = tree("{\"a\":[1,2.5,\"x\"]}");
    Resource made =
        Resource.intended("kind", "acme-s-x", 1, "nonce", json, "s1:y")
            .made(json)
            .remembering("key", json)
            .updating(json, "s1:z");
    Policy policy =
        new Policy(
            Retry.atMost(3), 60_000L, 15_000, true, OnFailure.ROLL_BACK, OnDeprovision.RETAIN);
    StepRecord step = new StepRecord("s", List.of("t"), policy, made, List.of(made.blocked()));
    Failure failure = new Failure(Failure.Type.TRANSIENT, "busy", "s", "1/3");
    Task task =
        Task.of("s", Task.Goal.ENSURE, List.of("t"), made)
            .deciding(NOW)
            .begin(Task.Op.UPDATE, "nonce")
            .retrying(NOW, failure)
            .waiting("handle", NOW, "the world");
    Map<String, Task> tasks = new LinkedHashMap<>(Map.of(task.id(), task));
    RunRecord run =
        new RunRecord(
            "run",
            RunRecord.Kind.PROVISION,
            "alice",
            RunStatus.ROLLING_BACK,
            3,
            NOW,
            NOW,
            NOW,
            OnFailure.KEEP,
            5L,
            2,
            failure,
            true,
            true,
            true,
            json,
            "s1:p",
            tasks);
    PastRun past = new PastRun("past", RunRecord.Kind.PURGE, RunStatus.FAILED, NOW, NOW, "no");
    Signals signals =
        Signals.NONE.cancel("run").add(new Signals.Request("next", json, "s1:q", 3, true, "carol"));
    Document base = withInput(json);
    return new Document(
        base.schema(),
        base.installation(),
        base.plan(),
        base.tenant(),
        3,
        Lifecycle.RETAINED,
        json,
        "s1:x",
        7,
        base.lease(),
        "write",
        9,
        new LinkedHashMap<>(Map.of("s", step)),
        run,
        List.of(past),
        signals,
        NOW,
        12,
        outbox(),
        Map.of());
  }
}
