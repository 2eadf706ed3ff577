package dev.provisioner.proofs.gates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class GatesTest {
  @Test
  void tenantsThatWaitHoldNoThreadAndAreNotLookedAt() throws Exception {
    assertThat(Gates.run(400, Duration.ofSeconds(2))).isEmpty();
  }
}
