package dev.provisioner.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.provisioner.secret.Secret;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The two forms of a recorded value, which differ only in their secrets: <em>sealed</em>, as it is
 * stored, and <em>clear</em>, where a {@link POJONode} holds the {@link Secret} itself. Keys are
 * escaped in both, so that pointers are the same.
 */
final class Tree {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  static final String SEALED = "$sealed";
  static final int MAX_DEPTH = 200;

  private Tree() {}

  static boolean isSealed(JsonNode node) {
    return node.isObject() && node.size() == 1 && node.has(SEALED);
  }

  static @Nullable Secret secret(JsonNode node) {
    return node instanceof POJONode pojo && pojo.getPojo() instanceof Secret secret ? secret : null;
  }

  static boolean anySealed(JsonNode node) {
    if (isSealed(node)) {
      return true;
    }
    for (JsonNode child : node) {
      if (anySealed(child)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the pointer of the first secret in the clear form, or null. */
  static @Nullable Pointer firstSecret(JsonNode clear, Pointer at) {
    if (secret(clear) != null) {
      return at;
    }
    for (int i = 0; clear.isArray() && i < clear.size(); i++) {
      Pointer found = firstSecret(clear.get(i), at.child(i));
      if (found != null) {
        return found;
      }
    }
    for (Map.Entry<String, JsonNode> member : clear.properties()) {
      Pointer found = firstSecret(member.getValue(), at.child(member.getKey()));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Returns the pointer of the first text in clear, a key or a value, that fits; or null. */
  static @Nullable Pointer firstText(JsonNode sealed, Pointer at, Predicate<String> text) {
    if (sealed.isTextual()) {
      return text.test(sealed.textValue()) ? at : null;
    }
    for (int i = 0; sealed.isArray() && i < sealed.size(); i++) {
      Pointer found = firstText(sealed.get(i), at.child(i), text);
      if (found != null) {
        return found;
      }
    }
    if (isSealed(sealed)) {
      return null;
    }
    for (Map.Entry<String, JsonNode> member : sealed.properties()) {
      if (text.test(member.getKey())) {
        return at; // not of the member, whose name is the secret
      }
      Pointer found = firstText(member.getValue(), at.child(member.getKey()), text);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * Returns a copy in which some nodes are replaced.
   *
   * @param change given a pointer and a node, returns its replacement, or null to go into it
   */
  static JsonNode map(JsonNode node, Pointer pointer, Change change) {
    JsonNode changed = change.apply(pointer, node);
    if (changed != null) {
      return changed;
    }
    if (node.isArray()) {
      ArrayNode copy = NODES.arrayNode();
      for (int i = 0; i < node.size(); i++) {
        copy.add(map(node.get(i), pointer.child(i), change));
      }
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = NODES.objectNode();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        copy.set(member.getKey(), map(member.getValue(), pointer.child(member.getKey()), change));
      }
      return copy;
    }
    return node;
  }

  /** What {@link #map} does with a node. */
  interface Change {
    @Nullable JsonNode apply(Pointer pointer, JsonNode node);
  }

  static JsonNode redacted(JsonNode json) {
    JsonNode hidden =
        map(
            json,
            Pointer.ROOT,
            (at, node) -> isSealed(node) ? TextNode.valueOf(Secret.REDACTED) : null);
    return withKeys(hidden, Tree::unescaped);
  }

  /** Returns a copy with other keys. */
  static JsonNode withKeys(JsonNode node, UnaryOperator<String> key) {
    if (node.isArray()) {
      ArrayNode copy = NODES.arrayNode();
      node.forEach(child -> copy.add(withKeys(child, key)));
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = NODES.objectNode();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        copy.set(key.apply(member.getKey()), withKeys(member.getValue(), key));
      }
      return copy;
    }
    return node;
  }

  static String escaped(String key) {
    return key.startsWith("$") ? "$" + key : key;
  }

  static String unescaped(String key) {
    return key.startsWith("$$") ? key.substring(1) : key;
  }

  /** Returns a pointer for people: {@code hosts.0.password}. */
  static String readable(String pointer) {
    StringBuilder path = new StringBuilder();
    for (String part : pointer.substring(Math.min(1, pointer.length())).split("/", -1)) {
      path.append(path.isEmpty() ? "" : ".");
      path.append(unescaped(part.replace("~1", "/").replace("~0", "~")));
    }
    return path.toString();
  }
}
