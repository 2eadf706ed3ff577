package dev.provisioner.proofs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore.Versioned;
import dev.provisioner.state.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit sees what it is there to see. */
final class AuditTest {
  private static final String FIRST = "BEGUN\tw1\tacme\t-\t1\tA\tx\t0\nDONE\tw1\tr1\n";
  @TempDir Path logs;

  private List<String> faults(String log, String lastWrite, String lastRevision)
      throws IOException {
    Files.writeString(logs.resolve("log"), log);
    byte[] content = "{\"writeId\":\"%s\"}".formatted(lastWrite).getBytes(UTF_8);
    Summary summary =
        new Summary(Summary.Lifecycle.ACTIVE, Summary.RunStatus.RUNNING, 1, null, Instant.EPOCH);
    Versioned last = new Versioned(new StateDocument(content, summary), lastRevision);
    return Audit.of(logs, Map.of("acme", last)).faults();
  }

  @Test
  void aLineOfWritesByHoldersAndOfSignalsIsGood() throws IOException {
    String log =
        FIRST
            + "BEGUN\tw2\tacme\tr1\t1\tB\tx\t0\nDONE\tw2\tr2\n" // a signal
            + "BEGUN\tw3\tacme\tr2\t2\tB\ty\t0\nREAD\tw3\tr3\n" // killed before the answer
            + "BEGUN\tw4\tacme\tr3\t3\tC\tz\t0\nDONE\tw4\tr4\n";
    assertThat(faults(log, "w4", "r4")).isEmpty();
  }

  @Test
  void aStaleEnginesWriteIsAFault() throws IOException {
    String log =
        FIRST
            + "BEGUN\tw2\tacme\tr1\t2\tB\ty\t0\nDONE\tw2\tr2\n"
            + "BEGUN\tw3\tacme\tr2\t2\tA\tz\t0\nDONE\tw3\tr3\n";
    assertThat(faults(log, "w3", "r3"))
        .singleElement()
        .asString()
        .startsWith("A write was made by an engine that does not hold the token; B does: ");
  }

  @Test
  void aTokenThatFallsIsAFault() throws IOException {
    String log =
        FIRST
            + "BEGUN\tw2\tacme\tr1\t2\tB\ty\t0\nDONE\tw2\tr2\n"
            + "BEGUN\tw3\tacme\tr2\t1\tA\tz\t0\nDONE\tw3\tr3\n";
    assertThat(faults(log, "w3", "r3"))
        .singleElement()
        .asString()
        .startsWith("A write has a token that does not follow 2: ");
  }

  @Test
  void anAcknowledgedWriteThatWasOverwrittenUnseenIsAFault() throws IOException {
    String log =
        FIRST
            + "BEGUN\tw2\tacme\tr1\t1\tA\ty\t0\nDONE\tw2\tr2\n"
            + "BEGUN\tw3\tacme\tr1\t2\tB\tz\t0\nDONE\tw3\tr3\n";
    assertThat(faults(log, "w3", "r3"))
        .singleElement()
        .asString()
        .startsWith("A write was acknowledged and is in no tenant's history: Write[id=w2,");
  }
}
