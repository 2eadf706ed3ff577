package dev.provisioner.testkit.stores;

import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;

final class ObjectStateStoreContractTest implements StateStoreContract {
  private final MemoryBucket bucket = new MemoryBucket();

  @Override
  public StateStore open() {
    return ObjectStateStore.open(bucket);
  }
}
