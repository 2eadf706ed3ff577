package dev.provisioner.benchmarks;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;

/** Makes things that cost nothing, so that what is measured is the engine. */
final class Things implements Provisioner<Things.Spec, Things.Made> {
  /** What is wanted: about as much as a small bucket needs. */
  record Spec(String region, String size, boolean versioned, String after) {}

  /** What was made. */
  record Made(String id, String address) {}

  @Override
  public Kind<Spec, Made> kind() {
    return Kind.of("things", Spec.class, Made.class);
  }

  @Override
  public Found<Made> find(Known<Spec, Made> known, Attempt attempt) {
    return known.output().<Found<Made>>map(Found::ours).orElseGet(Found::absent);
  }

  @Override
  public Provisioned<Made> provision(Spec spec, Attempt attempt) {
    return Provisioned.done(made(attempt));
  }

  @Override
  public Change change(Known<Spec, Made> current, Spec wanted) {
    return Change.update();
  }

  @Override
  public Provisioned<Made> update(Known<Spec, Made> current, Spec wanted, Attempt attempt) {
    return Provisioned.done(made(attempt));
  }

  @Override
  public Removed deprovision(Known<Spec, Made> known, Attempt attempt) {
    return Removed.gone();
  }

  private static Made made(Attempt attempt) {
    return new Made(attempt.name(), "https://things.example/" + attempt.name());
  }
}
