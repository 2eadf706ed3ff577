package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.secret.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the secrets that a call was given, or asked to remember, out of what it says: a client's
 * error message may quote a request. Values of fewer than four characters are left, since they
 * would match by chance.
 */
final class Redaction {
  private static final int SHORTEST = 4;

  private final Codec codec;
  private final Document document;
  private final String step;
  private final Resource resource;
  private final List<String> more = new ArrayList<>();
  private @Nullable List<String> values;

  Redaction(Codec codec, Document document, String step, Resource resource) {
    this.codec = codec;
    this.document = document;
    this.step = step;
    this.resource = resource;
  }

  /** Takes these secrets out of a text. */
  static String of(Collection<String> secrets, String text) {
    String redacted = text;
    for (String value : longestFirst(secrets)) {
      redacted = redacted.replace(value, Secret.REDACTED);
    }
    return redacted;
  }

  private static List<String> longestFirst(Collection<String> secrets) {
    return secrets.stream()
        .filter(value -> value.length() >= SHORTEST)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }

  synchronized void add(List<String> secrets) {
    more.addAll(secrets);
    values = null;
  }

  synchronized String apply(String text) {
    if (values == null) {
      values = collect();
    }
    return of(values, text);
  }

  private List<String> collect() {
    StepRecord record = document.step(step);
    List<String> all = new ArrayList<>(more);
    if (record != null) {
      Places places = Places.of(document);
      add(all, resource.spec(), places.spec(record.origin()));
      add(all, resource.wanted(), places.spec(record.origin()));
      add(all, resource.output(), places.output(record.origin()));
      for (Map.Entry<String, JsonNode> value : resource.remembered().entrySet()) {
        add(all, value.getValue(), places.remembered(record.origin(), value.getKey()));
      }
      add(all, document.input(), places.input());
    }
    return longestFirst(all);
  }

  private void add(List<String> all, @Nullable JsonNode json, String place) {
    if (json != null && Codec.hasSecrets(json)) {
      all.addAll(codec.secrets(json, place));
    }
  }
}
