package dev.provisioner.testkit.stores;

import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FileStateStoreContractTest implements StateStoreContract {
  @TempDir Path directory;

  @Override
  public StateStore open() {
    return FileStateStore.open(directory);
  }
}
