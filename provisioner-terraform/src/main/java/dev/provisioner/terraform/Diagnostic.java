package dev.provisioner.terraform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What Terraform has to say about an error or a warning.
 *
 * @param error whether it is an error, not a warning
 * @param summary one line
 * @param detail more, or empty
 * @param address the resource it is about, or empty
 */
record Diagnostic(boolean error, String summary, String detail, String address) {
  private static final int LONGEST = 1500;
  private static final Pattern UNSEEN =
      Pattern.compile("[\\s\\p{Cntrl}\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

  /** Reads a diagnostic. What must not be seen is taken out first, before anything is cut. */
  static Diagnostic of(JsonNode event, Redactor redactor) {
    JsonNode diagnostic = event.path("diagnostic");
    return new Diagnostic(
        diagnostic.path("severity").asText("error").equals("error"),
        oneLine(redactor.redact(diagnostic.path("summary").asText(""))),
        oneLine(redactor.redact(diagnostic.path("detail").asText(""))),
        oneLine(redactor.redact(diagnostic.path("address").asText(""))));
  }

  /** Returns whether the summary or the detail holds a text, whatever its case. */
  boolean says(String text) {
    return (summary + " " + detail)
        .toLowerCase(Locale.ROOT)
        .contains(text.toLowerCase(Locale.ROOT));
  }

  /** Returns the diagnostic for people. */
  String shown() {
    String at = address.isEmpty() ? "" : address + ": ";
    if (detail.isEmpty() || summary.contains(detail)) {
      return at + summary;
    }
    return at + summary + ": " + detail;
  }

  /**
   * Returns text for people as one line, cut if it is long, without what a terminal or a reader of
   * logs could take for something else: control and formatting characters.
   */
  static String oneLine(String text) {
    String line = UNSEEN.matcher(text).replaceAll(" ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
