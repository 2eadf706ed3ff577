package dev.provisioner.testkit.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.testkit.CloudResource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A document without what rightly differs: ids, times, counts of tries. */
final class Recorded {
  private static final Set<String> MASKED =
      Set.of(
          "writeId",
          "nonce",
          "startedAt",
          "endedAt",
          "dueAt",
          "retainedUntil",
          "at",
          "deadline",
          "generated-key",
          "key",
          "token",
          "heartbeat",
          "events");

  /** Counts of tries, which are not written when they are zero. */
  private static final List<String> COUNTS = List.of("resumes", "retries", "failures");

  private static final Pattern NUMBER =
      Pattern.compile("(call |\\(|attempt=|run=)[0-9a-f-]+([:)/ \\]])");

  private final Set<String> ids = new HashSet<>();
  private final JsonNode document;

  Recorded(Scene scene) {
    scene.cloud.existing().stream().map(CloudResource::id).forEach(ids::add);
    document = scene.document();
    if (document.at("/run/onFailure").asText().equals(OnFailure.ROLL_BACK.name())) {
      ((ObjectNode) document.path("run")).remove("tasks");
    }
    mask(document);
  }

  String text() {
    return document.toPrettyString();
  }

  private void mask(JsonNode node) {
    if (node instanceof ObjectNode fields) {
      fields.remove("error"); // of an attempt that failed before the crash
      fields.remove(COUNTS);
      for (var field : List.copyOf(fields.properties())) {
        fields.set(field.getKey(), masked(fields, field.getKey(), field.getValue()));
      }
    }
    node.forEach(this::mask);
  }

  private JsonNode masked(ObjectNode parent, String name, JsonNode value) {
    if (MASKED.contains(name) && !value.isNull()) {
      return parent.textNode("_");
    }
    if (name.equals("id")) {
      return parent.textNode(ids.contains(value.asText()) ? "(of one that stands)" : "_");
    }
    return value.isTextual() ? parent.textNode(masked(value.asText())) : value;
  }

  /** Returns a text without the numbers of calls, attempts and runs. */
  static String masked(String text) {
    return NUMBER.matcher(text).replaceAll("$1_$2");
  }

  /** Returns the first lines in which two differ. */
  static List<String> differences(String is, String should) {
    List<String> left = is.lines().toList();
    List<String> right = should.lines().toList();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < Math.max(left.size(), right.size()) && differences.size() < 5; i++) {
      String one = i < left.size() ? left.get(i) : "(nothing)";
      String other = i < right.size() ? right.get(i) : "(nothing)";
      if (!one.equals(other)) {
        differences.add("document, line " + i + ": is " + one + ", should be " + other);
      }
    }
    return differences;
  }
}
