package dev.provisioner.proofs.fuzz;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.util.List;
import java.util.Optional;

/** Tenant ids, and what is derived from them. */
final class TenantIdTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    return List.of(
        Target.seed("acme"),
        Target.seed("../../etc/passwd"),
        Target.seed("auth0|5f7c8ec7c33c6c004bbafe82"),
        Target.seed("\u202eemca\u200b"),
        Target.seed("\u682a\u5f0f\u4f1a\u793e"),
        Target.seed("\ufdfa\u0130\u00df e\u0301"));
  }

  @Override
  public void read(byte[] input) {
    // As UTF-16 also, which can hold what UTF-8 cannot: unpaired surrogates.
    read(new String(input, UTF_8));
    read(new String(input, UTF_16BE));
  }

  private static void read(String text) {
    TenantId id;
    try {
      id = TenantId.of(text);
    } catch (IllegalArgumentException e) {
      Target.require(
          isLegible(String.valueOf(e.getMessage())), "the refusal of an id is a line of text");
      return;
    }
    Target.require(
        new String(id.value().getBytes(UTF_8), UTF_8).equals(text), "an id survives as UTF-8");
    Target.require(isLegible(id.toString()), "an id that is shown is a line of text");
    Tenant<String> tenant = Tenant.of(id, "", "shop", "plan");
    for (int length : new int[] {16, 63}) {
      String name = tenant.name(text.isEmpty() ? "x" : text, length);
      Target.require(
          name.length() <= length && name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)+"),
          "a name keeps its rule");
    }
    Marker marker = Marker.of("shop", id, "plan", "step", "nonce");
    Target.require(
        Marker.parse(marker.text()).equals(Optional.of(marker))
            && Marker.fromTags(marker.tags()).equals(Optional.of(marker)),
        "a marker is read as it was written");
  }

  private static boolean isLegible(String text) {
    return text.length() < 4_000
        && text.codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
  }
}
