package dev.provisioner.terraform;

import dev.provisioner.secret.Secret;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Values as HCL expressions: Terraform reads an environment variable of a complex type as one. HCL
 * is nearly JSON, but strings are templates and know fewer escapes.
 */
final class HclText {
  private HclText() {}

  /** Returns the expression, secrets in clear. */
  static String of(Object value) {
    if (value instanceof Secret secret) {
      return quoted(secret.reveal());
    } else if (value instanceof Map<?, ?> map) {
      StringJoiner entries = new StringJoiner(", ", "{", "}");
      map.forEach((k, v) -> entries.add(quoted(String.valueOf(k)) + " = " + of(v)));
      return entries.toString();
    } else if (value instanceof List<?> list) {
      StringJoiner items = new StringJoiner(", ", "[", "]");
      list.forEach(v -> items.add(of(v)));
      return items.toString();
    } else if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return quoted(value.toString());
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '$', '%' -> {
          out.append(c);
          if (i + 1 < text.length() && text.charAt(i + 1) == '{') {
            out.append(c);
          }
        }
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
