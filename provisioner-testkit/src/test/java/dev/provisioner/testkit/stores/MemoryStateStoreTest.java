package dev.provisioner.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import org.junit.jupiter.api.Test;

final class MemoryStateStoreTest implements StateStoreContract {
  @Override
  public StateStore open() {
    return MemoryStateStore.create();
  }

  @Override
  public boolean sharesData() {
    return false;
  }

  @Test
  void anEngineIsDeadWhenItsAnnouncementEnds() throws Exception {
    try (StateStore store = open()) {
      store.announce("engine-1").close();
      assertThat(store.certainlyDead("engine-1")).isTrue();
      try (AutoCloseable again = store.announce("engine-1")) {
        assertThat(store.certainlyDead("engine-1")).isFalse();
      }
    }
  }
}
