package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.StateStore;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a store may say of engines: death only when it is certain. */
interface AnnounceContract extends StoreUnderTest {
  @Test
  default void anEngineNobodyAnnouncedIsNotCertainlyDead() throws Exception {
    try (StateStore store = open()) {
      assertThat(store.certainlyDead(UUID.randomUUID().toString())).isFalse();
    }
  }

  @Test
  default void aLivingEngineIsNotCertainlyDead() throws Exception {
    try (StateStore one = open();
        StateStore other = sharesData() ? open() : one) {
      String engine = "Engine/" + UUID.randomUUID();
      try (AutoCloseable announced = one.announce(engine)) {
        for (int i = 0; i < 3; i++) {
          assertThat(one.certainlyDead(engine)).isFalse();
          assertThat(other.certainlyDead(engine)).isFalse();
        }
      }
    }
  }

  @Test
  default void anAnnouncementMayEndTwice() throws Exception {
    try (StateStore store = open()) {
      AutoCloseable announced = store.announce(UUID.randomUUID().toString());
      announced.close();
      announced.close();
    }
  }
}
