package dev.provisioner.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ArgumentsTest {
  private final Arguments arguments =
      Arguments.of("kills").option("rounds", 3, 1, 1_000, "how often").option("seed", 1, 0, 9, "x");

  @Test
  void whatIsNotSaidIsTheDefault() {
    Arguments.Values values = arguments.read("--rounds", "1_000");

    assertThat(values.count("rounds")).isEqualTo(1_000);
    assertThat(values.get("seed")).isEqualTo(1);
  }

  @Test
  void whatIsNotKnownIsRefused() {
    assertThatThrownBy(() -> arguments.read("--round", "4"))
        .hasMessage("kills: there is no option '--round'.");
    assertThatThrownBy(() -> arguments.read("--rounds"))
        .hasMessage("kills: --rounds needs a number.");
    assertThatThrownBy(() -> arguments.read("--rounds", "0"))
        .hasMessage("kills: --rounds is to be a number from 1 to 1000, not '0'.");
    assertThatThrownBy(() -> arguments.read("--rounds", "many"))
        .hasMessage("kills: --rounds is to be a number from 1 to 1000, not 'many'.");
  }
}
