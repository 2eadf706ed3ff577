package dev.provisioner.state;

import static dev.provisioner.state.Sample.NOON;
import static dev.provisioner.state.Sample.document;
import static dev.provisioner.state.Sample.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Due times at and beyond the edges of what an index can hold. */
final class DueTimesTest {
  @TempDir Path directory;

  @Test
  void theFirstAndLastInstantsAreKeptAndFound() {
    try (FileStateStore file = FileStateStore.open(directory);
        MemoryStateStore memory = MemoryStateStore.create()) {
      for (StateStore store : List.of(file, memory)) {
        assertThat(store.write(key("last"), null, document("x", Instant.MAX))).isPresent();
        assertThat(store.write(key("first"), null, document("x", Instant.MIN))).isPresent();
        assertThat(store.write(key("bc"), null, document("x", Instant.EPOCH.minusNanos(1))))
            .isPresent();
        assertThat(tenants(store, Instant.EPOCH.minusMillis(1))).containsExactly("first");
        assertThat(tenants(store, NOON)).containsExactlyInAnyOrder("first", "bc");
        assertThat(tenants(store, Instant.MAX)).containsExactlyInAnyOrder("first", "bc", "last");
      }
    }
  }

  @Test
  void aDueTimeIsRoundedUpToTheMillisecond() {
    for (long nanos : new long[] {0, 1, 999_999, 1_000_000}) {
      Summary kept = DueTimes.kept(document("x", NOON.plusNanos(nanos)).summary());
      assertThat(kept.dueAt()).isEqualTo(nanos == 0 ? NOON : NOON.plusMillis(1));
    }
    Summary never = document("x").summary();
    assertThat(DueTimes.kept(never)).isSameAs(never);
  }

  private static List<String> tenants(StateStore store, Instant until) {
    return store.due("shop-eu", until, 10).stream()
        .map(listed -> listed.key().tenant().value())
        .toList();
  }
}
