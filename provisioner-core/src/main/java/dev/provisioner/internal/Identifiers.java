package dev.provisioner.internal;

import java.util.regex.Pattern;

/** The rules for names that hosts give to plans, steps and installations. */
public final class Identifiers {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern PATH =
      Pattern.compile("[a-z][a-z0-9-]{0,62}(/[a-z][a-z0-9-]{0,62}){0,3}");

  private Identifiers() {}

  /** Returns the name if it is one for a step. */
  public static String requireStep(String name) {
    return require(NAME, "A step's name", name);
  }

  /** Returns the path if it is one of a step in an included plan, or a step's plain name. */
  public static String requireStepPath(String path) {
    return require(
        PATH, "A step's name (each part between '/', of which there are at most 4)", path);
  }

  /** Returns the name if it is one for a plan. */
  public static String requirePlan(String name) {
    return require(NAME, "A plan's name", name);
  }

  /** Returns the id if it is one for an installation. */
  public static String requireInstallation(String id) {
    return require(NAME, "An installation's id", id);
  }

  /** Returns the key if it is one for a remembered value. */
  public static String requireKey(String key) {
    return require(NAME, "A key to remember", key);
  }

  private static String require(Pattern pattern, String what, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(
          what
              + " has 1 to 63 lower-case letters, digits and hyphens and begins with a letter; '"
              + Shown.line(text)
              + "' does not.");
    }
    return text;
  }
}
