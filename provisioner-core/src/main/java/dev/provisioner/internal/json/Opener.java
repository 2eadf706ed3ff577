package dev.provisioner.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.Shown;
import dev.provisioner.secret.Secret;
import dev.provisioner.secret.SecretCipher;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the sealed form into the clear form. */
final class Opener {
  private final @Nullable SecretCipher cipher;
  private final String place;
  private final Refusals refusals;

  Opener(@Nullable SecretCipher cipher, String place, Refusals refusals) {
    this.cipher = cipher;
    this.place = place;
    this.refusals = refusals;
  }

  JsonNode open(JsonNode sealed) {
    return Tree.map(sealed, Pointer.ROOT, this::open);
  }

  private @Nullable JsonNode open(Pointer at, JsonNode node) {
    if (cipher != null && Tree.isSealed(node)) {
      return Tree.NODES.pojoNode(opened(cipher, at, node.get(Tree.SEALED)));
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = member.getKey();
      if (key.startsWith("$") && !key.startsWith("$$")) {
        throw refusals.because(
            at,
            "is recorded in a form that this release does not know ('"
                + Shown.line(key)
                + "'). A newer release wrote it, or something else did");
      }
    }
    return null;
  }

  private Secret opened(SecretCipher with, Pointer at, JsonNode sealed) {
    if (!sealed.isTextual()) {
      throw refusals.because(at, "is sealed, but not as text");
    }
    try {
      byte[] clear = with.open(sealed.textValue(), Place.bytes(place, at.toString()));
      return Secret.of(new String(clear, StandardCharsets.UTF_8));
    } catch (SecretException e) {
      String field = Tree.readable(at.toString());
      throw new SecretException(
          "The secret"
              + (field.isEmpty() ? "" : " in field '" + Shown.line(field) + "'")
              + " does not open. "
              + e.plainMessage(),
          e);
    }
  }
}
