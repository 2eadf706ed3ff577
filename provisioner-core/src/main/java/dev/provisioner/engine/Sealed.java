package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.internal.json.Codec;
import java.util.Map;

/** All places of a document, as JSON, that can hold sealed values. */
final class Sealed {
  private final Codec codec;
  private final Places places;
  private boolean changed;

  Sealed(Codec codec, Places places) {
    this.codec = codec;
    this.places = places;
  }

  /** Seals each value that needs it with the current key. Returns whether there was any. */
  boolean reseal(ObjectNode document) {
    reseal(document, "input", places.input());
    reseal(document.path("run"), "previousInput", places.input());
    for (JsonNode request : document.path("signals").path("requests")) {
      reseal(request, "input", places.input());
    }
    for (JsonNode step : document.path("steps")) {
      resource(step.path("current"), origin(step));
      step.path("deposed").forEach(resource -> resource(resource, origin(step)));
    }
    for (JsonNode task : document.path("run").path("tasks")) {
      String step = task.path("step").asText();
      JsonNode record = document.path("steps").path(step);
      resource(task.path("before"), record.isObject() ? origin(record) : step);
    }
    return changed;
  }

  private static String origin(JsonNode step) {
    return step.path("origin").asText();
  }

  private void resource(JsonNode resource, String origin) {
    reseal(resource, "spec", places.spec(origin));
    reseal(resource, "wanted", places.spec(origin));
    reseal(resource, "output", places.output(origin));
    JsonNode remembered = resource.path("remembered");
    for (Map.Entry<String, JsonNode> value : remembered.properties()) {
      reseal(remembered, value.getKey(), places.remembered(origin, value.getKey()));
    }
  }

  private void reseal(JsonNode in, String field, String place) {
    JsonNode value = in.path(field);
    if (in instanceof ObjectNode object && !codec.isCurrent(value)) {
      object.set(field, codec.rewrap(value, place));
      changed = true;
    }
  }
}
