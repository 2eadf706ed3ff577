package dev.provisioner.internal;

/** Text that nobody vouches for, as it is shown in messages: one line, short, and legible. */
public final class Shown {
  private static final int LONGEST = 200;

  private Shown() {}

  /**
   * Returns the text with what could make a line read as another (control and formatting
   * characters, line separators, unpaired surrogates) as {@code \\uXXXX}, and cut if it is long.
   */
  public static String line(String text) {
    if (text.codePointCount(0, text.length()) <= LONGEST) {
      return escaped(text);
    }
    return escaped(text.substring(0, text.offsetByCodePoints(0, LONGEST))) + "…";
  }

  /** Returns the text as {@link #line} does, but whole. */
  public static String escaped(String text) {
    if (!anyHidden(text)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isHidden(c)) {
                shown.append(String.format("\\u%04X", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private static boolean anyHidden(String text) {
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (isHidden(c)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
