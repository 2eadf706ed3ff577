package dev.provisioner.testkit.matrix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.FakeResourcesBuilder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The matrix can fail: each of these faults is caught. */
@ExtendWith(QuietLogs.class)
final class CrashMatrixMutantsTest {

  private static void assertCaught(Operation operation, Death death, Parts parts, String by) {
    CrashMatrix matrix = new CrashMatrix(MemoryStateStore::create, parts);
    assertThatThrownBy(() -> matrix.tryEach(operation, death))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(operation + ", " + death)
        .hasMessageContaining(by);
  }

  private static Parts resources(UnaryOperator<FakeResourcesBuilder> fault) {
    return new Parts(fault, store -> store);
  }

  private static Parts store(UnaryOperator<StateStore> fault) {
    return new Parts(builder -> builder, fault);
  }

  @Test
  void aProvisionerThatNeverFindsAnythingIsCaught() {
    Parts blind = resources(FakeResourcesBuilder::neverFinds);
    assertCaught(Operation.DEPROVISION, Death.KNOWN, blind, "standing is");
  }

  @Test
  void aProvisionerThatTakesEverythingForOursIsCaught() {
    Parts greedy = resources(FakeResourcesBuilder::ignoresMarkers);
    assertCaught(Operation.REFUSE, Death.KNOWN, greedy, "UPDATE acme-sync (1) of a neighbour");
  }

  @Test
  void aStoreThatAnswersBeforeAWriteIsDurableIsCaught() {
    assertCaught(Operation.PROVISION, Death.KNOWN, store(FaultyStore::forgetful), "RunResumed and");
  }

  @Test
  void aStoreThatLetsAnyoneTakeTheLeaseIsCaught() {
    Parts leaseless = store(FaultyStore::leaseless);
    assertCaught(Operation.ROLL_BACK_ALL, Death.PAUSED, leaseless, "standing is");
  }

  @Test
  void aStoreThatDoesNotCompareBeforeItSetsIsCaught() {
    Parts overwriting = store(FaultyStore::overwriting);
    assertCaught(Operation.PROVISION, Death.PAUSED, overwriting, "exists and is not ours");
  }
}
