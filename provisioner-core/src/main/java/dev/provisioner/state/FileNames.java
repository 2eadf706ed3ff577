package dev.provisioner.state;

import dev.provisioner.internal.Names;
import java.util.regex.Pattern;

/**
 * Turns any text into a file name that is safe on every file system and belongs to that text alone.
 *
 * <p>A short text of {@code a-z}, {@code 0-9} and inner hyphens is its own name, so that most
 * directories read like their tenants. Every other text (capitals, which a case-insensitive file
 * system would fold; dots and slashes, which would leave the directory; device names of Windows)
 * becomes the part of it that is readable, an underscore, and 130 bits of its SHA-256. The first
 * form never holds an underscore, the second always does, so they cannot meet.
 */
final class FileNames {
  private static final int MAX_PLAIN = 40;
  private static final int MAX_SLUG = 24;
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
  private static final Pattern DEVICE = Pattern.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]");
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(_[a-z2-7]{26})?");

  private FileNames() {}

  /** Returns the file name of a text: at most 51 characters. */
  static String of(String text) {
    boolean plain =
        text.length() <= MAX_PLAIN
            && PLAIN.matcher(text).matches()
            && !DEVICE.matcher(text).matches();
    return plain ? text : slug(text) + "_" + Names.hash(text);
  }

  /** Returns whether a name found in a directory can be one of ours. */
  static boolean isName(String found) {
    return found.length() <= MAX_PLAIN + 27 && NAME.matcher(found).matches();
  }

  private static String slug(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && out.length() < MAX_SLUG; i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        out.append((char) (c - 'A' + 'a'));
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        out.append(c);
      } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
        out.append('-');
      }
    }
    while (!out.isEmpty() && out.charAt(out.length() - 1) == '-') {
      out.setLength(out.length() - 1);
    }
    return out.isEmpty() ? "x" : out.toString();
  }
}
