package dev.provisioner.proofs;

import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;

/**
 * Records in a {@link Backend} behind a wire. Every call that changes something carries its
 * deadline, and the backend refuses what comes too late: only so can a process that is stopped
 * between its last look at the time and the call be kept from acting when it goes on.
 *
 * @param who the process that calls
 */
public record Records(Wire wire, String who) implements Provisioner<Records.Spec, Records.Row> {

  /** What a record is to hold. */
  public record Spec(String value) {}

  /** A record that is there. */
  public record Row(String id, String value) {}

  @Override
  public Kind<Spec, Row> kind() {
    return Kind.of("records", Spec.class, Row.class);
  }

  @Override
  public Found<Row> find(Known<Spec, Row> known, Attempt attempt) throws IOException {
    String[] there = wire.ask("GET", attempt.name());
    return there[0].equals("absent")
        ? Found.absent()
        : Found.byMarker(there[2], attempt, new Row(there[1], there[3]));
  }

  @Override
  public Provisioned<Row> provision(Spec spec, Attempt attempt) throws IOException {
    String[] made = change("CREATE", attempt, "", spec.value());
    return Provisioned.done(new Row(made[1], spec.value()));
  }

  @Override
  public Provisioned<Row> update(Known<Spec, Row> current, Spec wanted, Attempt attempt)
      throws IOException {
    String id = current.output().orElseThrow().id();
    change("UPDATE", attempt, id, wanted.value());
    return Provisioned.done(new Row(id, wanted.value()));
  }

  @Override
  public Removed deprovision(Known<Spec, Row> known, Attempt attempt) throws IOException {
    change("DELETE", attempt, known.output().orElseThrow().id(), "");
    return Removed.gone();
  }

  @Override
  public Change change(Known<Spec, Row> current, Spec wanted) {
    return Change.update();
  }

  private String[] change(String verb, Attempt attempt, String id, String value)
      throws IOException {
    String[] answer =
        wire.ask(
            verb,
            attempt.name(),
            attempt.marker().text(),
            id,
            value,
            attempt.tenant(),
            attempt.run(),
            attempt.step(),
            attempt.deadline().toEpochMilli(),
            who,
            attempt.number());
    if (answer[0].equals("late")) {
      throw new TransientException("It came after its deadline.");
    } else if (!answer[0].equals("ok")) {
      throw new IllegalStateException("The backend refused: " + answer[0]);
    }
    return answer;
  }
}
