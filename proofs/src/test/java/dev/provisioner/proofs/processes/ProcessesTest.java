package dev.provisioner.proofs.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class ProcessesTest {
  @Test
  void killedAndStoppedProcessesLoseNothingAndDoNothingTwice() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "there is no /bin/kill to stop a process");

    assertThat(Processes.run(40, 2, 1)).isEmpty();
  }
}
