package dev.provisioner.terraform;

import java.util.regex.Pattern;

/** What a module's path looks like. */
final class ModulePath {
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_.@+ -]{1,128}");

  private ModulePath() {}

  static void check(String module) {
    if (module.isEmpty() || module.length() > 1024) {
      throw new IllegalArgumentException(
          "A module's path has 1 to 1024 characters, such as \"modules/network\".");
    }
    for (String segment : module.split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches() || isDots(segment)) {
        throw new IllegalArgumentException(
            "A module's path is relative to the module root, separated by '/', of letters, digits,"
                + " spaces and _.@+- and without '.' and '..' parts; '"
                + module.replaceAll("\\p{Cntrl}", "?")
                + "' is not.");
      }
    }
  }

  /** Returns how many directories the path is deep. */
  static int depth(String module) {
    return module.split("/", -1).length;
  }

  private static boolean isDots(String segment) {
    return segment.equals(".") || segment.equals("..");
  }
}
