package dev.provisioner.terraform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.proofs.fuzz.Target;
import dev.provisioner.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables of a stack, given as JSON; a text that begins with "secret" becomes one. */
public final class VariablesTarget implements Target {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Needs nothing. */
  public VariablesTarget() {}

  @Override
  public List<byte[]> seeds() {
    return List.of(
        Target.seed("{\"region\":\"${file(\\\"/etc/passwd\\\")}\",\"n\":1.5,\"big\":123456789012}"),
        Target.seed("{\"zones\":[{\"name\":\"a\",\"key\":\"secret%{ if true }$${\\n\\\\\"}]}"));
  }

  @Override
  public void read(byte[] input) throws IOException {
    Map<String, Object> given = given(input);
    StackSpec spec;
    try {
      spec = new StackSpec("module", given);
    } catch (IllegalArgumentException e) {
      return;
    }
    Map<String, Object> plain = Variables.plain(spec.variables());
    Map<String, String> secret = Variables.secret(spec.variables());
    Target.require(
        plain.size() + secret.size() == given.size(), "a variable goes one way or the other");
    Target.require(
        JSON.readTree(Json.text(plain))
            .equals(JSON.readTree(Json.text(new StackSpec("module", plain).variables()))),
        "a spec is the same when it is copied");
    for (String text : secret.values()) {
      Target.require(text.indexOf('\0') < 0, "an environment variable holds no NUL");
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Target.require(new String(bytes, StandardCharsets.UTF_8).equals(text), "it is UTF-8");
    }
    HclText.of(spec.variables());
  }

  private static Map<String, Object> given(byte[] input) throws IOException {
    Map<String, Object> given = new LinkedHashMap<>();
    try {
      JsonNode tree = JSON.readTree(new String(input, StandardCharsets.UTF_8));
      for (Map.Entry<String, JsonNode> member : tree.properties()) {
        given.put(member.getKey(), value(member.getValue()));
      }
      return given;
    } catch (IOException e) {
      return Map.of("text", new String(input, StandardCharsets.UTF_16BE));
    }
  }

  private static Object value(JsonNode node) throws IOException {
    if (node.isTextual() && node.textValue().startsWith("secret")) {
      return Secret.of(node.textValue());
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      for (JsonNode each : node) {
        list.add(value(each));
      }
      return list;
    }
    if (node.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        map.put(member.getKey(), value(member.getValue()));
      }
      return map;
    }
    return node.isNull() ? "null" : JSON.treeToValue(node, Object.class);
  }
}
