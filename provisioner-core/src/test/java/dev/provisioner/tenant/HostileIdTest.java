package dev.provisioner.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.spi.Marker;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Any text at all, given as a tenant's id or as a name. */
final class HostileIdTest {
  private static final String ODD =
      "aA0-_./\\:%$~*?\"' \t\r\n\u0000\u001b\u007f\u0085\u00a0\u00ad\u00e9\u0130\u00df\u0301\u0430"
          + "\u200b\u200d\u2024\u2028\u2029\u202e\u212a\u3000\ud800\udc00\ufdfa\ufeff\uff0e";

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars(ODD).ofMinLength(1).ofMaxLength(20),
        Arbitraries.strings().all().ofMaxLength(600));
  }

  @Property(seed = "1")
  void anIdIsRefusedInOneLegibleLineOrKeepsEveryPromise(@ForAll("texts") String text) {
    TenantId id;
    try {
      id = TenantId.of(text);
    } catch (IllegalArgumentException e) {
      assertLegible(e.getMessage());
      return;
    }
    byte[] bytes = id.value().getBytes(StandardCharsets.UTF_8);
    assertThat(bytes).hasSizeBetween(1, 512);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(text);
    assertLegible(id.toString());
    assertThat(Tenant.of(id, "", "shop", "plan").name(text, 63))
        .hasSizeLessThanOrEqualTo(63)
        .matches("[a-z][a-z0-9]*(-[a-z0-9]+)+");
    Marker marker = Marker.of("shop", id, "plan", "a/step", "nonce");
    assertThat(marker.text()).hasSizeLessThanOrEqualTo(400).matches("[\\x21-\\x7e]+");
    assertThat(Marker.parse(marker.text())).isEqualTo(Optional.of(marker));
    assertThat(Marker.fromTags(marker.tags())).isEqualTo(Optional.of(marker));
  }

  @Property(seed = "2")
  void aNameThatHostsDeriveFromAnInputIsPlainOrRefusedInOneLegibleLine(
      @ForAll("texts") String text) {
    try {
      assertThat(Identifiers.requireStepPath(text)).matches("[a-z][a-z0-9/-]{0,255}");
    } catch (IllegalArgumentException e) {
      assertLegible(e.getMessage());
    }
  }

  private static void assertLegible(@Nullable String message) {
    assertThat(message).isNotNull().hasSizeLessThan(4_000);
    assertThat(String.valueOf(message).codePoints())
        .noneMatch(
            c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR,
                      Character.SURROGATE ->
                      true;
                  default -> false;
                });
  }
}
