package dev.provisioner.internal;

import java.util.Arrays;

/** The rules for names that hosts give to plans, steps and installations. */
public final class Identifiers {
  private static final int LONGEST = 63;
  private static final int LONGEST_ACTOR = 200;
  private static final int MOST_PARTS = 4;

  private Identifiers() {}

  /** Returns the name if it is one for a step. */
  public static String requireStep(String name) {
    return require(isName(name), "A step's name", name);
  }

  /** Returns the path if it is one of a step in an included plan, or a step's plain name. */
  public static String requireStepPath(String path) {
    String[] parts = path.split("/", -1);
    return require(
        parts.length <= MOST_PARTS && Arrays.stream(parts).allMatch(Identifiers::isName),
        "A step's name (each part between '/', of which there are at most 4)",
        path);
  }

  /** Returns the name if it is one for a plan. */
  public static String requirePlan(String name) {
    return require(isName(name), "A plan's name", name);
  }

  /** Returns the id if it is one for an installation. */
  public static String requireInstallation(String id) {
    return require(isName(id), "An installation's id", id);
  }

  /** Returns the name if it is one for a durable listener. */
  public static String requireListener(String name) {
    return require(isName(name), "A durable listener's name", name);
  }

  /** Returns the key if it is one for a remembered value. */
  public static String requireKey(String key) {
    return require(isName(key), "A key to remember", key);
  }

  /** Returns the text if it may say who asks for something. */
  public static String requireActor(String actor) {
    int length = actor.codePointCount(0, actor.length());
    if (actor.isBlank() || length > LONGEST_ACTOR || !Shown.escaped(actor).equals(actor)) {
      throw new IllegalArgumentException(
          "Who asks is named by 1 to "
              + LONGEST_ACTOR
              + " printable characters, unlike '"
              + Shown.line(actor)
              + "'.");
    }
    return actor;
  }

  /** Returns whether a text has 1 to 63 of {@code a-z0-9-} and begins with a letter. */
  public static boolean isName(String text) {
    if (text.isEmpty() || text.length() > LONGEST || !isLetter(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetter(c) && (c < '0' || c > '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static String require(boolean holds, String what, String text) {
    if (!holds) {
      throw new IllegalArgumentException(
          what
              + " has 1 to 63 lower-case letters, digits and hyphens and begins with a letter; '"
              + Shown.line(text)
              + "' does not.");
    }
    return text;
  }
}
