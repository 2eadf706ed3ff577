package dev.provisioner.samples.quickstart;

import java.util.Map;

/**
 * What the output goes to.
 *
 * @param interactive whether lines can be drawn over and coloured
 */
record Terminal(boolean interactive, int columns, int lines) {

  /**
   * Reads what {@code samples/run} found out: Java itself cannot tell reliably on every release.
   */
  static Terminal of(Map<String, String> environment) {
    boolean tty = "1".equals(environment.get("QUICKSTART_TTY"));
    boolean dumb = "dumb".equals(environment.getOrDefault("TERM", "dumb"));
    boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        tty && !dumb && !plain,
        number(environment.get("COLUMNS"), 80),
        number(environment.get("LINES"), 24));
  }

  private static int number(@org.jspecify.annotations.Nullable String text, int otherwise) {
    return text != null && text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : otherwise;
  }
}
