package dev.provisioner.testkit.matrix;

import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(QuietLogs.class)
final class FileCrashMatrixTest implements CrashMatrixContract {
  @TempDir Path directory;
  private int stores;

  @Override
  public StateStore openEmpty() {
    return FileStateStore.open(directory.resolve("store-" + ++stores));
  }
}
