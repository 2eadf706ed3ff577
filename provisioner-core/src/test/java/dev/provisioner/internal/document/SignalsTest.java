package dev.provisioner.internal.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import org.junit.jupiter.api.Test;

/** What a holder makes of signals that others wrote while it worked. */
final class SignalsTest {
  private static final Signals FIRST = Signals.NONE.add(request("first"));

  private static Signals.Request request(String id) {
    return new Signals.Request(id, NullNode.getInstance(), "s1:x", 1, false, null);
  }

  @Test
  void whatCameMeanwhileIsKeptAndWhatWasTakenUpIsNot() {
    Signals taken = FIRST.without("first");
    assertThat(FIRST.add(request("second")).rebased(FIRST, taken).requests())
        .containsExactly(request("second"));
    assertThat(FIRST.add(request("second")).rebased(FIRST, FIRST).requests())
        .containsExactly(request("first"), request("second"));
  }

  @Test
  void aRequestThatIsWithdrawnWhileItWaitsStaysSo() {
    Signals there = FIRST.withdraw("first");
    assertThat(there.rebased(FIRST, FIRST)).isEqualTo(there);
  }

  @Test
  void aRequestThatIsWithdrawnWhileItIsTakenUpIsARunToBeCancelled() {
    Signals there = FIRST.add(request("second")).withdraw("first");
    Signals rebased = there.rebased(FIRST, FIRST.without("first"));
    assertThat(rebased.cancel()).isEqualTo("first");
    assertThat(rebased.requests()).containsExactly(request("second"));
  }

  @Test
  void aCancelThatWasSeenToDoesNotComeBackAndANewOneIsKept() {
    Signals before = FIRST.cancel("run");
    assertThat(before.rebased(before, FIRST).cancel()).isNull();
    assertThat(FIRST.cancel("next").rebased(before, FIRST).cancel()).isEqualTo("next");
  }
}
