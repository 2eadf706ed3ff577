package dev.provisioner.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.property.HostileText;
import dev.provisioner.spi.Marker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any text at all, given as a tenant's id or as a name. */
final class HostileIdTest {
  @Test
  void anIdIsRefusedInOneLegibleLineOrKeepsEveryPromise() {
    HostileText.property().holds(HostileIdTest::isRefusedOrKeepsEveryPromise);
  }

  private static void isRefusedOrKeepsEveryPromise(String text) {
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
    assertThat(name(id)).hasSizeLessThanOrEqualTo(63).matches("[a-z][a-z0-9]*(-[a-z0-9]+)+");
    Marker marker = marker(id);
    assertThat(marker.text()).hasSizeLessThanOrEqualTo(400).matches("[\\x21-\\x7e]+");
    assertThat(Marker.parse(marker.text())).isEqualTo(Optional.of(marker));
    assertThat(Marker.fromTags(marker.tags())).isEqualTo(Optional.of(marker));
  }

  @Test
  void idsThatLookAlikeShareNoNameAndNoMarker() {
    HostileText.property().holds(HostileIdTest::sharesNothingWithLookAlikes);
  }

  private static void sharesNothingWithLookAlikes(String text) {
    List<TenantId> ids =
        Stream.concat(Stream.of(text), HostileText.lookAlikes(text).stream())
            .flatMap(alike -> id(alike).stream())
            .toList();
    assertThat(ids.stream().map(HostileIdTest::name)).doesNotHaveDuplicates();
    assertThat(ids.stream().map(HostileIdTest::marker)).doesNotHaveDuplicates();
  }

  @Test
  void aNameThatHostsDeriveFromAnInputIsPlainOrRefusedInOneLegibleLine() {
    HostileText.property().holds(HostileIdTest::isPlainOrRefused);
  }

  private static void isPlainOrRefused(String text) {
    try {
      assertThat(Identifiers.requireStepPath(text)).matches("[a-z][a-z0-9/-]{0,255}");
    } catch (IllegalArgumentException e) {
      assertLegible(e.getMessage());
    }
  }

  private static Optional<TenantId> id(String text) {
    try {
      return Optional.of(TenantId.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String name(TenantId id) {
    return Tenant.of(id, "", "shop", "plan").name(id.value(), 63);
  }

  private static Marker marker(TenantId id) {
    return Marker.of("shop", id, "plan", "a/step", "nonce");
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
