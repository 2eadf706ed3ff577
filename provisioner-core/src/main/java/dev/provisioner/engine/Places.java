package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;

/** Names the places of a document that hold sealed values, so that none opens in another place. */
final class Places {
  private final String document;

  Places(String installation, String plan, String tenant) {
    this.document = part(installation) + part(plan) + part(tenant);
  }

  static Places of(Document document) {
    return new Places(document.installation(), document.plan(), document.tenant());
  }

  private static String part(String text) {
    return text.length() + ":" + text + ",";
  }

  String input() {
    return document + "input";
  }

  String spec(String origin) {
    return document + "spec," + part(origin);
  }

  String output(String origin) {
    return document + "output," + part(origin);
  }

  String remembered(String origin, String key) {
    return document + "remembered," + part(origin) + part(key);
  }

  Object spec(Codec codec, StepRecord record, JsonNode json, Class<?> type) {
    return codec.decode(json, type, spec(record.origin()));
  }

  Object output(Codec codec, StepRecord record, JsonNode json, Class<?> type) {
    return codec.decode(json, type, output(record.origin()));
  }
}
