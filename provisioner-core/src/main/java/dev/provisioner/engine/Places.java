package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.tenant.TenantId;

/** Names the places of a document that hold sealed values, so that none opens in another place. */
final class Places {
  private final String document;
  private final String plan;
  private final String tenant;

  Places(String installation, String plan, String tenant) {
    this.document = part(installation) + part(plan) + part(tenant);
    this.plan = plan;
    this.tenant = tenant;
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
    return decode(codec, json, type, spec(record.origin()));
  }

  Object output(Codec codec, StepRecord record, JsonNode json, Class<?> type) {
    return decode(codec, json, type, output(record.origin()));
  }

  <T> T input(Codec codec, JsonNode json, Class<T> type) {
    return decode(codec, json, type, input());
  }

  private <T> T decode(Codec codec, JsonNode json, Class<T> type, String place) {
    try {
      return codec.decode(json, type, place);
    } catch (SecretException e) {
      throw inContext(e);
    }
  }

  /** Returns the exception with the tenant and plan it is about. */
  SecretException inContext(SecretException e) {
    ErrorContext where = ErrorContext.of(TenantId.of(tenant).toString(), plan);
    return new SecretException(e.plainMessage(), where, e.getCause());
  }
}
