package dev.provisioner.spi;

import dev.provisioner.internal.Names;
import dev.provisioner.tenant.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says whose a resource is. A provisioner puts it on what it creates, in the create call itself
 * where the backend allows that, and compares it before it adopts, changes or deletes anything.
 *
 * <p>Two markers are equal only if they are of the same installation, tenant, plan, step
 * <em>and</em> creation; equal markers are the only proof of ownership.
 *
 * @param installation the engine's installation id
 * @param tenant a hash of the tenant's id: 26 characters of {@code a-z2-7}
 * @param plan the plan's name
 * @param step the step's name when the resource was made
 * @param nonce random, chosen before the create call and recorded with the intent
 */
public record Marker(String installation, String tenant, String plan, String step, String nonce) {
  private static final String PREFIX = "provisioner:";
  private static final Pattern TEXT =
      Pattern.compile("provisioner:([^:\\s]+):([^:\\s]+):([^:\\s]+):([^:\\s]+):([^:\\s]+)");

  /** Returns the marker of a tenant's resource, the tenant's id hashed. */
  public static Marker of(
      String installation, TenantId tenant, String plan, String step, String nonce) {
    return new Marker(installation, Names.hash(tenant.value()), plan, step, nonce);
  }

  /** Returns the marker as one line, at most 400 printable ASCII characters. */
  public String text() {
    return PREFIX + String.join(":", installation, tenant, plan, step, nonce);
  }

  /** Returns the marker as tags; keys begin with {@code provisioner:}. */
  public Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(PREFIX + "installation", installation);
    tags.put(PREFIX + "tenant", tenant);
    tags.put(PREFIX + "plan", plan);
    tags.put(PREFIX + "step", step);
    tags.put(PREFIX + "nonce", nonce);
    return tags;
  }

  /** Returns the marker with this {@link #text()}, or empty if the text is no marker. */
  public static Optional<Marker> parse(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Matcher m = TEXT.matcher(text.strip());
    return m.matches()
        ? Optional.of(new Marker(m.group(1), m.group(2), m.group(3), m.group(4), m.group(5)))
        : Optional.empty();
  }

  /** Returns the marker among these tags, or empty if one of its parts is missing. */
  public static Optional<Marker> fromTags(Map<String, String> tags) {
    String installation = tags.get(PREFIX + "installation");
    String tenant = tags.get(PREFIX + "tenant");
    String plan = tags.get(PREFIX + "plan");
    String step = tags.get(PREFIX + "step");
    String nonce = tags.get(PREFIX + "nonce");
    return installation == null || tenant == null || plan == null || step == null || nonce == null
        ? Optional.empty()
        : Optional.of(new Marker(installation, tenant, plan, step, nonce));
  }
}
