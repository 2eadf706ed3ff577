package dev.provisioner.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The backend sees what it is there to see. */
final class BackendTest {
  private final Backend backend = new Backend();

  private List<String> call(String verb, String marker, String id, String value, String run) {
    return call(verb, marker, id, value, run, Instant.now().plusSeconds(60));
  }

  private List<String> call(
      String verb, String marker, String id, String value, String run, Instant deadline) {
    String until = Long.toString(deadline.toEpochMilli());
    return backend.change(
        List.of(verb, "name", marker, id, value, "acme", run, "one", until, "a", "1"));
  }

  @Test
  void aSecondCreationIsAFault() {
    assertThat(call("CREATE", "m", "", "v", "r1")).containsExactly("ok", "id-1");
    assertThat(call("CREATE", "m", "", "v", "r1")).containsExactly("fault");
    assertThat(backend.faults()).singleElement().asString().startsWith("A call made twice: ");
  }

  @Test
  void aMarkerThatWasUsedIsNotUsedAgain() {
    call("CREATE", "m", "", "v", "r1");
    call("DELETE", "m", "id-1", "", "r2");
    assertThat(call("CREATE", "m", "", "v", "r3")).containsExactly("fault");
  }

  @Test
  void aChangeUnderAnotherMarkerIsAFault() {
    call("CREATE", "m", "", "v", "r1");
    assertThat(call("UPDATE", "n", "id-1", "w", "r2")).containsExactly("fault");
    assertThat(call("DELETE", "n", "id-1", "", "r2")).containsExactly("fault");
    assertThat(backend.rows()).containsEntry("id-1", "v");
  }

  @Test
  void theSameEffectOfOneRunIsAFault() {
    call("CREATE", "m", "", "v", "r1");
    call("UPDATE", "m", "id-1", "w", "r2");
    assertThat(call("UPDATE", "m", "id-1", "w", "r2")).containsExactly("ok", "id-1");
    assertThat(backend.faults()).isEmpty();
    assertThat(call("UPDATE", "m", "id-1", "x", "r2")).containsExactly("fault");
  }

  @Test
  void anEffectAfterThatOfALaterRunIsAFault() {
    call("CREATE", "m", "", "v", "r1");
    call("UPDATE", "m", "id-1", "w", "r2");
    assertThat(call("UPDATE", "m", "id-1", "x", "r1")).containsExactly("fault");
    assertThat(backend.faults().get(0)).startsWith("A call acted after a later run: ");
  }

  @Test
  void whatComesAfterItsDeadlineHasNoEffect() {
    Instant past = Instant.now().minusSeconds(1);
    assertThat(call("CREATE", "m", "", "v", "r1", past)).containsExactly("late");
    assertThat(backend.rows()).isEmpty();
    assertThat(backend.faults()).isEmpty();
  }
}
