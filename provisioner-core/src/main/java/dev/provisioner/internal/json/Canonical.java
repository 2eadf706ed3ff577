package dev.provisioner.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the clear form so that equal values give equal bytes: keys sorted by UTF-16 code units,
 * numbers by value, no white space. A secret is <code>{"$secret":"…"}</code>, which no value can
 * imitate because keys are escaped.
 *
 * <p>The bytes hold secrets in clear. They are only ever digested.
 */
final class Canonical {
  private final StringBuilder out = new StringBuilder();

  private Canonical() {}

  static byte[] bytes(JsonNode clear) {
    return bytes(new byte[0], clear);
  }

  static byte[] bytes(byte[] prefix, JsonNode clear) {
    Canonical canonical = new Canonical();
    canonical.node(clear);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(prefix);
    bytes.writeBytes(canonical.out.toString().getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private void node(JsonNode node) {
    Secret secret = Tree.secret(node);
    if (secret != null) {
      out.append("{\"$secret\":");
      string(secret.reveal());
      out.append('}');
    } else if (node.isObject()) {
      object(node);
    } else if (node.isArray()) {
      array(node);
    } else if (node.isTextual()) {
      string(node.textValue());
    } else if (node.isNumber()) {
      number(node.decimalValue());
    } else {
      out.append(node.asText());
    }
  }

  private void object(JsonNode node) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    node.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, JsonNode> member : sorted.entrySet()) {
      out.append(separator);
      string(member.getKey());
      out.append(':');
      node(member.getValue());
      separator = ",";
    }
    out.append('}');
  }

  private void array(JsonNode node) {
    out.append('[');
    String separator = "";
    for (JsonNode element : node) {
      out.append(separator);
      node(element);
      separator = ",";
    }
    out.append(']');
  }

  private void number(BigDecimal value) {
    // Not plain digits: 1E+999999999 would be a gigabyte of them.
    out.append(value.stripTrailingZeros());
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
