package dev.provisioner.proofs.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class SoakTest {
  @Test
  void nothingGrowsWithTheNumberOfRuns() throws Exception {
    assertThat(Soak.run(360, 16, 1, 12)).isEmpty();
  }

  @Test
  void whatGrowsWithTheNumberOfRunsIsSeen() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      samples.add(new Sample(i, 1, 10_000 + 100 * i, 0, 20 + i % 2, 9, 1, 0, 0));
    }

    assertThat(Sample.growth(samples, Sample::heap)).isEqualTo(1_000);
    assertThat(Sample.growth(samples, Sample::threads)).isZero();
  }
}
