package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.SecretException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the secrets that a call was given, or asked to remember, out of what it says, in each of
 * their {@link SecretForms}: a client's error message may quote a request. Values of fewer than
 * four characters are left, since they would match by chance.
 */
final class Redaction {
  private static final Logger log = LoggerFactory.getLogger(Redaction.class);
  private static final int SHORTEST = 4;

  /** From here on a value does not stand in a text by chance. */
  private static final int UNMISTAKABLE = 16;

  private final Codec codec;
  private final Document document;
  private final String step;
  private final Resource resource;
  private final @Nullable JsonNode observed;
  private final List<String> more = new ArrayList<>();
  private @Nullable List<String> values;

  /**
   * Creates a redaction.
   *
   * @param observed what was seen of the resource just now, if that is not recorded yet
   */
  Redaction(
      Codec codec, Document document, String step, Resource resource, @Nullable JsonNode observed) {
    this.codec = codec;
    this.document = document;
    this.step = step;
    this.resource = resource;
    this.observed = observed;
  }

  /** Takes these secrets out of a text. */
  static String of(Collection<String> secrets, String text) {
    String redacted = text;
    for (String form : forms(secrets)) {
      redacted = redacted.replace(form, Secret.REDACTED);
    }
    return redacted;
  }

  private static List<String> forms(Collection<String> secrets) {
    return secrets.stream()
        .filter(value -> value.length() >= SHORTEST)
        .flatMap(value -> SecretForms.of(value).stream())
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }

  synchronized void add(List<String> secrets) {
    more.addAll(secrets);
    values = null;
  }

  synchronized String apply(String text) {
    return of(values(), text);
  }

  /** Returns whether a text that is to be recorded as it is surely holds a secret. */
  synchronized boolean revealedBy(String text) {
    return reveals(values(), text);
  }

  /**
   * Returns where JSON that is to be recorded surely holds one of these secrets in clear, as {@code
   * " in field 'url'"}; null if nowhere.
   */
  static @Nullable String whereRevealed(Collection<String> secrets, JsonNode json) {
    if (secrets.isEmpty()) {
      return null;
    }
    String field = Codec.whereInClear(json, text -> reveals(secrets, text));
    return field == null || field.isEmpty() ? field : " in field '" + field + "'";
  }

  /** Returns {@link #whereRevealed} for the secrets of this call. */
  synchronized @Nullable String whereRevealed(JsonNode json) {
    return whereRevealed(values(), json);
  }

  private static boolean reveals(Collection<String> secrets, String text) {
    return secrets.stream()
        .anyMatch(secret -> secret.length() >= UNMISTAKABLE && text.contains(secret));
  }

  private List<String> values() {
    List<String> known = values == null ? collect() : values;
    values = known;
    return known;
  }

  private List<String> collect() {
    StepRecord record = document.step(step);
    List<String> all = new ArrayList<>(more);
    if (record != null && codec.canSeal()) {
      Places places = Places.of(document);
      add(all, resource.spec(), places.spec(record.origin()));
      add(all, resource.wanted(), places.spec(record.origin()));
      add(all, resource.output(), places.output(record.origin()));
      add(all, observed, places.output(record.origin()));
      for (Map.Entry<String, JsonNode> value : resource.remembered().entrySet()) {
        add(all, value.getValue(), places.remembered(record.origin(), value.getKey()));
      }
      add(all, document.input(), places.input());
    }
    return all;
  }

  private void add(List<String> all, @Nullable JsonNode json, String place) {
    if (json == null || !Codec.hasSecrets(json)) {
      return;
    }
    try {
      all.addAll(codec.secrets(json, place));
    } catch (SecretException e) {
      log.debug("What does not open was given to nobody and need not be hidden.");
    }
  }
}
