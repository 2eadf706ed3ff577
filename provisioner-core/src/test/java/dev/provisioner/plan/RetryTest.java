package dev.provisioner.plan;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryTest {
  @Test
  void waitsDoubleUpToTheLongest() {
    Retry retry = Retry.atMost(10).backoff(ofSeconds(1), ofSeconds(5)).jitter(0);
    assertThat(retry.waitAfter(1, 0.5)).isEqualTo(ofSeconds(1));
    assertThat(retry.waitAfter(2, 0.5)).isEqualTo(ofSeconds(2));
    assertThat(retry.waitAfter(3, 0.5)).isEqualTo(ofSeconds(4));
    assertThat(retry.waitAfter(4, 0.5)).isEqualTo(ofSeconds(5));
    assertThat(retry.waitAfter(900, 0.5)).isEqualTo(ofSeconds(5));
  }

  @Test
  void jitterSpreadsBothWaysAndNeverBeyondTheLongest() {
    Retry retry = Retry.atMost(3).backoff(ofSeconds(1), ofMinutes(1)).jitter(0.5);
    assertThat(retry.waitAfter(1, 0)).isEqualTo(ofMillis(500));
    assertThat(retry.waitAfter(1, 0.5)).isEqualTo(ofSeconds(1));
    assertThat(retry.waitAfter(1, 0.999_999)).isBetween(ofMillis(1_499), ofMillis(1_500));
    assertThat(retry.waitAfter(30, 0.999_999)).isEqualTo(ofMinutes(1));
  }

  @Test
  void refusesSettingsThatContradictEachOther() {
    refused(() -> Retry.atMost(0), "Retry: maxAttempts is 1 to 1,000, not 0.");
    refused(
        () -> Retry.atMost(2).backoff(ofSeconds(2), ofSeconds(1)),
        "Retry: max is not shorter than initial (PT2S), not PT1S.");
    refused(
        () -> Retry.atMost(2).backoff(Duration.ZERO, ofSeconds(1)),
        "Retry: initial is 1 ms or more, not PT0S.");
    refused(() -> Retry.atMost(2).multiplier(0.5), "Retry: multiplier is 1 to 10, not 0.5.");
    refused(() -> Retry.atMost(2).jitter(1), "Retry: jitter is 0 to 0.9, not 1.0.");
  }

  private static void refused(Runnable making, String message) {
    assertThatThrownBy(making::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
