package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

final class SettableClockTest {
  private final SettableClock clock = SettableClock.at(Instant.EPOCH);

  @Test
  void timePassesOnBothClocks() {
    LongSupplier ticker = clock.ticker();
    long before = ticker.getAsLong();
    assertThat(clock.instant()).isEqualTo(clock.instant());
    clock.advance(Duration.ofSeconds(3));
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(3));
    assertThat(ticker.getAsLong() - before).isEqualTo(3_000_000_000L);
  }

  @Test
  void theTickerDoesNotNoticeThatTheWallClockIsSet() {
    long before = clock.ticker().getAsLong();
    clock.skew(Duration.ofHours(-1));
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH.minusSeconds(3600));
    assertThat(clock.ticker().getAsLong()).isEqualTo(before);
  }

  @Test
  void timeDoesNotRunBackwards() {
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Time does not run backwards: PT-1S. Use skew to set the wall clock back.");
  }
}
