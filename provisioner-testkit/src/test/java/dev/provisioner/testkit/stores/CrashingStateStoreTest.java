package dev.provisioner.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CrashingStateStore;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class CrashingStateStoreTest {
  private static final DocumentKey ACME =
      new DocumentKey("shop-eu", "onboarding", TenantId.of("acme"));

  private final StateStore shared = MemoryStateStore.create();
  private final CrashingStateStore crashing = CrashingStateStore.around(shared);

  @Test
  void withoutAFaultItIsTheStoreBehindAndCounts() {
    String revision = crashing.write(ACME, null, document("1")).orElseThrow();
    assertThat(crashing.write(ACME, null, document("2"))).isEmpty();
    assertThat(crashing.read(ACME)).isEqualTo(shared.read(ACME));
    assertThat(crashing.write(ACME, revision, null)).isPresent();
    assertThat(crashing.writes()).isEqualTo(3);
    assertThat(crashing.reads()).isEqualTo(1);
    assertThat(crashing.crashed()).isFalse();
  }

  @Test
  void aCrashBeforeAWriteWritesNothing() {
    crashing.crashBeforeWrite(2);
    String revision = crashing.write(ACME, null, document("1")).orElseThrow();
    assertThatThrownBy(() -> crashing.write(ACME, revision, document("2")))
        .isInstanceOf(SimulatedCrash.class)
        .hasMessage("Simulated crash before write 2 (shop-eu/onboarding/acme).");
    assertThat(shared.read(ACME).orElseThrow().document()).isEqualTo(document("1"));
  }

  @Test
  void aCrashAfterAWriteHasWritten() {
    crashing.crashAfterWrite(1);
    assertThatThrownBy(() -> crashing.write(ACME, null, document("1")))
        .isInstanceOf(SimulatedCrash.class)
        .hasMessage("Simulated crash after write 1 (shop-eu/onboarding/acme).");
    assertThat(shared.read(ACME).orElseThrow().document()).isEqualTo(document("1"));
  }

  @Test
  void theDeadCanDoNothingMoreAndTheLivingEverything() {
    AutoCloseable announced = crashing.announce("dead");
    crashing.crash();
    List<ThrowingCallable> calls =
        List.of(
            () -> crashing.read(ACME),
            () -> crashing.write(ACME, null, document("1")),
            () -> crashing.due("shop-eu", Instant.MAX, 1),
            () -> crashing.list(StateStore.Query.all("shop-eu"), null, 1),
            () -> crashing.announce("again"),
            () -> crashing.certainlyDead("dead"));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(SimulatedCrash.class));
    crashing.close();
    assertThat(crashing.crashed()).isTrue();
    CrashingStateStore second = CrashingStateStore.around(shared);
    assertThat(second.certainlyDead("dead")).isTrue();
    assertThat(second.write(ACME, null, document("1"))).isPresent();
  }

  @Test
  void aLostAnswerHasWrittenAndAFailedWriteHasNot() {
    crashing.loseAnswerOfWrite(1).failWrite(2);
    assertThatThrownBy(() -> crashing.write(ACME, null, document("1")))
        .isInstanceOf(StateStoreException.class);
    StateStore.Versioned read = crashing.read(ACME).orElseThrow();
    assertThat(read.document()).isEqualTo(document("1"));
    assertThatThrownBy(() -> crashing.write(ACME, read.revision(), document("2")))
        .isInstanceOf(StateStoreException.class);
    assertThat(crashing.read(ACME)).contains(read);
    assertThat(crashing.write(ACME, read.revision(), document("2"))).isPresent();
  }

  private static StateDocument document(String text) {
    return new StateDocument(
        text.getBytes(UTF_8),
        new Summary(Summary.Lifecycle.NEW, Summary.RunStatus.RUNNING, 1, null, Instant.EPOCH));
  }
}
