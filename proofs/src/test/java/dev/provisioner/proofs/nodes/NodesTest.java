package dev.provisioner.proofs.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A little of what {@code proofs/run nodes} does at length. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "processes are stopped with signals")
@RequiresPart(RealPart.POSTGRESQL)
@Timeout(300)
final class NodesTest {
  @Test
  void nodesThatAreKilledStoppedAndCutOffLoseNothingAndDoNothingTwice() throws Exception {
    List<Blow> blows = List.of(Blow.KILL, Blow.STOP, Blow.LOSE_ANSWER);

    assertThat(Nodes.run(40, 2, Duration.ofSeconds(8), 1, blows)).isEmpty();
  }
}
