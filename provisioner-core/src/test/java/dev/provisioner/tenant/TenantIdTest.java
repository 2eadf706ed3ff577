package dev.provisioner.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TenantIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme",
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "google-oauth2|117…",
        "jane.doe+test@example.com",
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        "../../etc/passwd",
        "C:\\CON",
        "株式会社アクメ",
        "a b",
        "👩‍👩‍👧"
      })
  void takesWhatIdentityProvidersIssue(String id) {
    assertThat(TenantId.of(id).value()).isEqualTo(id);
  }

  @Test
  void comparesByteForByte() {
    assertThat(TenantId.of("Acme")).isNotEqualTo(TenantId.of("acme"));
    assertThat(TenantId.of("caf\u00e9")).isNotEqualTo(TenantId.of("cafe\u0301"));
    assertThat(TenantId.of("acme")).isNotEqualTo(TenantId.of("\u0430cme"));
  }

  @Test
  void refusesWhatCannotBeSeen() {
    refused("", "A tenant id must not be empty.");
    refused("\u0000", "U+0000 at index 0.");
    refused("a\nb", "found U+000A at index 1.");
    refused("a\u2028b", "found U+2028 at index 1.");
    refused("a\ud800", "found U+D800 at index 1.");
    refused(" acme", "A tenant id must not begin or end with white space: ' acme'.");
    refused("acme\u00a0", "A tenant id must not begin or end with white space: 'acme\u00a0'.");
  }

  @Test
  void hasAtMost512Bytes() {
    assertThat(TenantId.of("é".repeat(256)).value()).hasSize(256);
    refused(
        "é".repeat(257),
        "A tenant id has at most 512 bytes in UTF-8; this one has 514. Use the identity provider's"
            + " stable id, not a document.");
  }

  @Test
  void showsFormattingCharactersThatCouldMakeALogLineReadAsAnother() {
    assertThat(TenantId.of("a\u202eb")).hasToString("a\\u202Eb");
    assertThat(TenantId.of("acme")).hasToString("acme");
  }

  @Test
  void aRefusalIsOneLegibleLine() {
    refused(" \u202eacme", "white space: ' \\u202Eacme'.");
    refused(
        " ".repeat(10_000_000),
        "; this one has 10000000. Use the identity provider's stable id, not a document.");
  }

  private static void refused(String id, String messageEnd) {
    assertThatThrownBy(() -> TenantId.of(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(messageEnd);
  }
}
