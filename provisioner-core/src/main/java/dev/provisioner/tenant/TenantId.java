package dev.provisioner.tenant;

import dev.provisioner.internal.Shown;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The id of a tenant, as the host's identity provider issued it.
 *
 * <p>Any text of 1 to 512 bytes of UTF-8 is accepted, unless it holds control characters, line or
 * paragraph separators or unpaired surrogates, or begins or ends with white space: such ids would
 * read alike in a log or be lost in a round trip. Ids are compared byte for byte: {@code Acme},
 * {@code acme} and a look-alike in another script are three tenants. An id is never used as a file
 * name, a resource name or a command argument; names that are safe for those are derived from it
 * ({@link Tenant#name}).
 *
 * <p>Immutable and thread-safe.
 */
public final class TenantId implements Comparable<TenantId> {
  private static final int MAX_BYTES = 512;

  private final String value;

  private TenantId(String value) {
    this.value = value;
  }

  /**
   * Returns the tenant id with this text.
   *
   * @param value the id as issued
   * @throws IllegalArgumentException if the text breaks the rules above; the message says where
   */
  public static TenantId of(String value) {
    Objects.requireNonNull(value, "value");
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "A tenant id has at most "
              + MAX_BYTES
              + " bytes in UTF-8; this one has "
              + bytes
              + ". Use the identity provider's stable id, not a document.");
    }
    requireLegible(value);
    return new TenantId(value);
  }

  private static void requireLegible(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A tenant id must not be empty.");
    }
    for (int i = 0; i < value.length(); ) {
      int c = value.codePointAt(i);
      int type = Character.getType(c);
      if (type == Character.CONTROL
          || type == Character.LINE_SEPARATOR
          || type == Character.PARAGRAPH_SEPARATOR
          || type == Character.SURROGATE) {
        throw new IllegalArgumentException(
            "A tenant id must not contain control characters, line separators or unpaired"
                + " surrogates; found "
                + String.format("U+%04X", c)
                + " at index "
                + i
                + ".");
      }
      i += Character.charCount(c);
    }
    if (isSpace(value.codePointAt(0)) || isSpace(value.codePointBefore(value.length()))) {
      throw new IllegalArgumentException(
          "A tenant id must not begin or end with white space: '" + Shown.line(value) + "'.");
    }
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Returns the id as it was issued. */
  public String value() {
    return value;
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TenantId that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /**
   * Returns the id for people to read. Invisible formatting characters, which could make a log line
   * read as something else, are shown as {@code \\uXXXX}.
   */
  @Override
  public String toString() {
    return Shown.escaped(value);
  }
}
