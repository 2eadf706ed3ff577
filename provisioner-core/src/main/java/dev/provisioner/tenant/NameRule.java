package dev.provisioner.tenant;

/**
 * What a target accepts as a name: its greatest length and the one separator it allows. Derived
 * names use {@code a-z}, {@code 0-9} and the separator, begin with a letter and end with a letter
 * or digit, which every target known to us accepts.
 *
 * @param maxLength the greatest number of characters, 16 to 255
 * @param separator {@code '-'} or {@code '_'}
 */
public record NameRule(int maxLength, char separator) {

  /** Checks the ranges. */
  public NameRule {
    if (maxLength < 16 || maxLength > 255) {
      throw new IllegalArgumentException(
          "A name rule allows 16 to 255 characters, not "
              + maxLength
              + ": shorter names leave no room for the hash that keeps tenants apart.");
    }
    if (separator != '-' && separator != '_') {
      throw new IllegalArgumentException(
          "A name rule separates with '-' or '_', not '" + separator + "'.");
    }
  }

  /** Returns the rule for names such as {@code acme-landing-k3j9x2m4qa}. */
  public static NameRule hyphenated(int maxLength) {
    return new NameRule(maxLength, '-');
  }

  /** Returns the rule for names such as {@code acme_landing_k3j9x2m4qa}. */
  public static NameRule underscored(int maxLength) {
    return new NameRule(maxLength, '_');
  }
}
