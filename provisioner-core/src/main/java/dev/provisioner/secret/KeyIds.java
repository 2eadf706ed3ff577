package dev.provisioner.secret;

import java.util.regex.Pattern;

/** What a key may be called; the id stands in every sealed text. */
final class KeyIds {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  private KeyIds() {}

  static boolean isValid(String id) {
    return ID.matcher(id).matches();
  }

  static void require(String id) {
    if (!isValid(id)) {
      throw new IllegalArgumentException(
          "A key id has 1 to 32 letters, digits, hyphens and underscores; '" + id + "' does not.");
    }
  }
}
