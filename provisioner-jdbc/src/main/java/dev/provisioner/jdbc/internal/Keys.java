package dev.provisioner.jdbc.internal;

import dev.provisioner.state.DocumentKey;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Refuses keys that a database would change or not take. Tenant ids and the engine's names are
 * never such.
 */
public final class Keys {
  private static final int LONGEST = 512;

  private Keys() {}

  public static void check(DocumentKey key) {
    check(key.installation());
    check(key.plan());
  }

  public static void check(String part) {
    if (part.indexOf('\0') >= 0 || bytes(part) > LONGEST) {
      throw new IllegalArgumentException(
          "The name of an installation or a plan has at most 512 bytes in UTF-8, and neither"
              + " unpaired surrogates nor U+0000.");
    }
  }

  private static int bytes(String part) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(part)).remaining();
    } catch (CharacterCodingException e) {
      return Integer.MAX_VALUE;
    }
  }
}
