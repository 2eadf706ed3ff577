package dev.provisioner.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.tenant.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MarkerTest {
  private static final Marker MARKER =
      Marker.of("shop-eu", TenantId.of("auth0|x:y z"), "onboarding", "data/bucket", "n1");

  @Test
  void survivesTextAndTags() {
    assertThat(Marker.parse(MARKER.text())).contains(MARKER);
    assertThat(Marker.parse(MARKER.text() + "\n")).contains(MARKER);
    assertThat(Marker.fromTags(MARKER.tags())).contains(MARKER);
    assertThat(MARKER.text()).matches("[\\x21-\\x7e]{1,400}").doesNotContain("auth0");
  }

  @Test
  void isNotReadFromAnythingElse() {
    assertThat(Marker.parse(null)).isEmpty();
    assertThat(Marker.parse("")).isEmpty();
    assertThat(Marker.parse("provisioner:a:b:c:d")).isEmpty();
    assertThat(Marker.parse("x" + MARKER.text())).isEmpty();
    assertThat(Marker.parse(MARKER.text() + ":more")).isEmpty();
    Map<String, String> tags = new LinkedHashMap<>(MARKER.tags());
    tags.remove("provisioner:nonce");
    assertThat(Marker.fromTags(tags)).isEmpty();
  }

  @Test
  void anotherCreationOfTheSameStepHasAnotherMarker() {
    assertThat(Marker.of("shop-eu", TenantId.of("a"), "p", "s", "n1"))
        .isNotEqualTo(Marker.of("shop-eu", TenantId.of("a"), "p", "s", "n2"));
  }
}
