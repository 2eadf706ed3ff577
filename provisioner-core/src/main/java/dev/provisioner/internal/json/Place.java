package dev.provisioner.internal.json;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a secret is bound to: where the value is recorded, and the field's JSON pointer. Each part
 * is preceded by its length, so that no two places give the same bytes.
 */
final class Place {
  private static final String DOMAIN = "provisioner secret 1";

  private Place() {}

  static byte[] bytes(String place, String pointer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String part : new String[] {DOMAIN, place, pointer}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }
}
