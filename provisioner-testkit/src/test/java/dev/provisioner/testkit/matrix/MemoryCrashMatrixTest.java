package dev.provisioner.testkit.matrix;

import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLogs.class)
final class MemoryCrashMatrixTest implements CrashMatrixContract {
  @Override
  public StateStore openEmpty() {
    return MemoryStateStore.create();
  }

  @Override
  public int every() {
    return 1;
  }

  @Override
  public int pairs() {
    return 20;
  }
}
