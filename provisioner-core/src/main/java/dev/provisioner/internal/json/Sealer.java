package dev.provisioner.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.secret.Secret;
import dev.provisioner.secret.SecretCipher;
import java.nio.charset.StandardCharsets;

/** Turns the clear form into the sealed form. */
final class Sealer {
  private final SecretCipher cipher;
  private final String place;

  Sealer(SecretCipher cipher, String place) {
    this.cipher = cipher;
    this.place = place;
  }

  JsonNode seal(JsonNode clear) {
    return Tree.map(
        clear,
        Pointer.ROOT,
        (at, node) -> {
          Secret secret = Tree.secret(node);
          return secret == null ? null : seal(secret, at);
        });
  }

  private JsonNode seal(Secret secret, Pointer at) {
    byte[] clear = secret.reveal().getBytes(StandardCharsets.UTF_8);
    return Tree.NODES
        .objectNode()
        .put(Tree.SEALED, cipher.seal(clear, Place.bytes(place, at.toString())));
  }
}
