package dev.provisioner.jdbc.schema;

import dev.provisioner.error.PermanentException;
import java.sql.SQLException;
import java.util.Locale;

/**
 * One way in which what is there differs from what is wanted.
 *
 * @param text for people
 * @param fix what makes it as wanted
 */
record Difference(String text, Fix fix) {

  /** Statements in a transaction. */
  interface Fix {
    void in(Transaction transaction) throws SQLException;
  }

  /** Returns a difference that somebody else must mend. */
  static Difference forSomebodyElse(String text, String advice) {
    return new Difference(
        text,
        transaction -> {
          throw new PermanentException(
              capital(text) + ". Nothing was changed. " + advice + ", and resume the run.");
        });
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
