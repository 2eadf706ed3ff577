package dev.provisioner.testkit.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A state document as anybody can read it: JSON, without the engine's own classes. */
final class Doc {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode NONE = JSON.createObjectNode();

  private final JsonNode json;
  private final List<Entry> entries;

  private Doc(JsonNode json) {
    this.json = json;
    this.entries = entries(json);
  }

  static Doc none() {
    return new Doc(NONE);
  }

  static Doc of(byte[] content) {
    try {
      return new Doc(JSON.readTree(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A recorded resource.
   *
   * @param step the step's name
   * @param dependsOn the names of steps
   * @param current whether it is the step's, and not one that was replaced
   */
  record Entry(
      String step, List<String> dependsOn, String leaving, boolean current, JsonNode json) {
    String nonce() {
      return json.path("nonce").asText();
    }

    String kind() {
      return json.path("provisioner").asText();
    }

    boolean resource() {
      return Sort.valueOf(
              kind().equals("gate-timer") ? "TIMER" : kind().toUpperCase(java.util.Locale.ROOT))
          .resource();
    }

    /** Whether it was made, and nothing is being changed. */
    boolean settled() {
      return json.path("status").asText().equals("MADE") && !json.hasNonNull("wanted");
    }

    String outputId() {
      return json.path("output").path("id").asText("");
    }

    /** What the cloud is to show of it. */
    Map<String, String> attributes() {
      Map<String, String> attributes = new TreeMap<>();
      json.path("spec")
          .path("attributes")
          .properties()
          .forEach(field -> attributes.put(field.getKey(), field.getValue().asText()));
      JsonNode key = json.path("remembered").path(Spec.KEY);
      if (key.isTextual()) {
        attributes.put(Spec.KEY, key.asText());
      }
      return attributes;
    }
  }

  private static List<Entry> entries(JsonNode json) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> step : json.path("steps").properties()) {
      JsonNode record = step.getValue();
      List<String> dependsOn = texts(record.path("dependsOn"));
      String leaving = record.path("policy").path("onDeprovision").asText();
      if (record.hasNonNull("current")) {
        entries.add(new Entry(step.getKey(), dependsOn, leaving, true, record.get("current")));
      }
      for (JsonNode deposed : record.path("deposed")) {
        entries.add(new Entry(step.getKey(), dependsOn, leaving, false, deposed));
      }
    }
    return entries;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  List<Entry> entries() {
    return entries;
  }

  @Nullable Entry entry(String nonce) {
    return entries.stream().filter(each -> each.nonce().equals(nonce)).findFirst().orElse(null);
  }

  @Nullable Entry current(String step) {
    return entries.stream()
        .filter(each -> each.current() && each.step().equals(step))
        .findFirst()
        .orElse(null);
  }

  boolean hasStep(String name) {
    return json.path("steps").has(name);
  }

  /** Returns the number of the last event. */
  long events() {
    return json.path("events").asLong(0);
  }

  /** Returns how many events wait to be told. */
  int waitingEvents() {
    return json.at("/outbox/events").size();
  }

  long token() {
    return json.path("token").asLong(0);
  }

  /** Returns who holds the lease, or an empty text. */
  String holder() {
    return json.path("lease").path("holder").asText("");
  }

  long heartbeat() {
    return json.path("lease").path("heartbeat").asLong(0);
  }

  String lifecycle() {
    return json.path("lifecycle").asText("NEW");
  }

  String run() {
    return json.path("run").path("id").asText("");
  }

  String runKind() {
    return json.path("run").path("kind").asText("");
  }

  String status() {
    return json.path("run").path("status").asText("");
  }

  boolean underWay() {
    return status().equals("RUNNING") || status().equals("ROLLING_BACK");
  }

  boolean rolledBack() {
    return json.path("run").path("rolledBack").asBoolean(false);
  }

  String failure() {
    return json.path("run").path("failure").path("message").asText("");
  }

  String failureType() {
    return json.path("run").path("failure").path("type").asText("");
  }

  /** Returns the steps of which some work of the run is not done. */
  Set<String> undone() {
    Set<String> undone = new LinkedHashSet<>();
    for (JsonNode task : json.path("run").path("tasks")) {
      if (!task.path("phase").asText().equals("DONE")) {
        undone.add(task.path("step").asText());
      }
    }
    return undone;
  }

  /** Returns how far the run's pieces of work are, for the history. */
  List<String> tasks() {
    List<String> tasks = new ArrayList<>();
    for (JsonNode task : json.path("run").path("tasks")) {
      String op = task.path("op").asText("");
      tasks.add(
          task.path("goal").asText()
              + " "
              + task.path("step").asText()
              + " "
              + task.path("phase").asText()
              + (op.isEmpty() ? "" : " " + op));
    }
    return tasks;
  }

  @Nullable Wish wish() {
    JsonNode text = json.path("input").path("text");
    return text.isTextual() ? new Wish(text.asText()) : null;
  }

  List<String> requests() {
    List<String> ids = new ArrayList<>();
    json.path("signals").path("requests").forEach(each -> ids.add(each.path("id").asText()));
    return ids;
  }

  /** Returns the runs that are not to begin. */
  List<String> withdrawn() {
    List<String> ids = new ArrayList<>();
    for (JsonNode each : json.path("signals").path("requests")) {
      if (each.path("withdrawn").asBoolean(false)) {
        ids.add(each.path("id").asText());
      }
    }
    return ids;
  }

  /** Returns all that only the holder of the lease may change; the outbox too, if there is one. */
  JsonNode holders() {
    com.fasterxml.jackson.databind.node.ObjectNode copy = json.deepCopy();
    copy.remove("signals");
    copy.remove("writeId");
    if (holder().isEmpty()) {
      copy.remove("outbox");
    }
    return copy;
  }

  @Override
  public String toString() {
    return json.toPrettyString();
  }
}
