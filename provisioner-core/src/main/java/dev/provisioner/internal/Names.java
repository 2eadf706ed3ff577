package dev.provisioner.internal;

import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Objects;

/**
 * Derives names and hashes from (installation, tenant, plan). Every part that is hashed is preceded
 * by its length, so that moving a character from one part to the next gives another hash.
 *
 * <p>Immutable and thread-safe. Hosts use {@link Tenant#name} instead.
 */
public final class Names {
  private static final char[] BASE32 = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();
  private static final int HASH_LENGTH = 10;

  private final String installation;
  private final TenantId tenant;
  private final String plan;

  private Names(String installation, TenantId tenant, String plan) {
    this.installation = Objects.requireNonNull(installation, "installation");
    this.tenant = Objects.requireNonNull(tenant, "tenant");
    this.plan = Objects.requireNonNull(plan, "plan");
  }

  /** Returns the names of one tenant's things in a plan. */
  public static Names of(String installation, TenantId tenant, String plan) {
    return new Names(installation, tenant, plan);
  }

  /**
   * Derives a name: the tenant, what the thing is, and a hash that keeps it apart from all others.
   *
   * @param role what kind of name this is ({@code "step"} or {@code "label"}), hashed but not shown
   * @param label what the thing is, shown as far as there is room
   * @param generation 0 at first; a thing that exists beside its replacement needs another name
   */
  public String derive(String role, String label, int generation, NameRule rule) {
    String hash = digest(role, label, Integer.toString(generation)).substring(0, HASH_LENGTH);
    int room = rule.maxLength() - HASH_LENGTH - 1;
    String shownLabel = slug(label, rule.separator());
    String shownTenant = letterFirst(slug(tenant.value(), rule.separator()));
    int labelRoom = Math.max(room / 2, room - shownTenant.length() - 1);
    shownLabel = cut(shownLabel, labelRoom, rule.separator());
    int tenantRoom = shownLabel.isEmpty() ? room : room - shownLabel.length() - 1;
    shownTenant = cut(shownTenant, tenantRoom, rule.separator());
    String shown = shownLabel.isEmpty() ? shownTenant : shownTenant + rule.separator() + shownLabel;
    return shown + rule.separator() + hash;
  }

  /** Returns a hash of installation, tenant, plan and the given parts: 26 of {@code a-z2-7}. */
  public String digest(String... parts) {
    MessageDigest sha256 = sha256();
    for (String part : new String[] {installation, tenant.value(), plan}) {
      update(sha256, part);
    }
    for (String part : parts) {
      update(sha256, part);
    }
    return base32(sha256.digest()).substring(0, 26);
  }

  /** Returns a hash of some text, 26 of {@code a-z2-7}: for places that cannot hold the text. */
  public static String hash(String text) {
    MessageDigest sha256 = sha256();
    update(sha256, text);
    return base32(sha256.digest()).substring(0, 26);
  }

  private static void update(MessageDigest sha256, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    int n = bytes.length;
    sha256.update(new byte[] {(byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n});
    sha256.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  private static String base32(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out.append(BASE32[(buffer >>> bits) & 31]);
      }
      buffer &= (1 << bits) - 1;
    }
    return out.toString();
  }

  private static String slug(String text, char separator) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        out.append(c);
      } else if (Character.getType(c) != Character.NON_SPACING_MARK
          && !out.isEmpty()
          && out.charAt(out.length() - 1) != separator) {
        out.append(separator);
      }
    }
    return cut(out.toString(), out.length(), separator);
  }

  private static String letterFirst(String slug) {
    boolean letter = !slug.isEmpty() && slug.charAt(0) >= 'a' && slug.charAt(0) <= 'z';
    return letter ? slug : "t" + slug;
  }

  private static String cut(String slug, int length, char separator) {
    int end = Math.min(Math.max(length, 0), slug.length());
    while (end > 0 && slug.charAt(end - 1) == separator) {
      end--;
    }
    return slug.substring(0, end);
  }
}
