package dev.provisioner.proofs.soak;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Things in memory that remember nothing of what is gone. Of a hundred calls three are refused for
 * now, and the answers of three are lost.
 */
final class Things implements Provisioner<Things.Spec, Things.Thing> {
  /** How a step is to go. */
  enum Ending {
    GOOD,
    FAILS,
    HANGS
  }

  record Spec(String value, Ending ending) {}

  record Thing(String value) {}

  private record Marked(String marker, String value) {}

  private final Map<String, Marked> all = new ConcurrentHashMap<>();

  @Override
  public Kind<Spec, Thing> kind() {
    return Kind.of("things", Spec.class, Thing.class);
  }

  /** Returns what stands for a step. */
  Optional<String> value(TenantId tenant, String plan, String step) {
    return Optional.ofNullable(all.get(place(tenant, plan, step))).map(Marked::value);
  }

  int size() {
    return all.size();
  }

  @Override
  public Found<Thing> find(Known<Spec, Thing> known, Attempt attempt) {
    Marked there = all.get(place(attempt));
    return there == null
        ? Found.absent()
        : Found.byMarker(there.marker(), attempt, new Thing(there.value()));
  }

  @Override
  public Provisioned<Thing> provision(Spec spec, Attempt attempt) {
    return switch (spec.ending()) {
      case FAILS -> throw new PermanentException("It was asked to fail.");
      case HANGS -> Provisioned.pending("hangs", Duration.ofMillis(20), "its cancellation");
      case GOOD -> {
        refuseNowAndThen();
        all.put(place(attempt), new Marked(attempt.marker().text(), spec.value()));
        loseAnswerNowAndThen();
        yield Provisioned.done(new Thing(spec.value()));
      }
    };
  }

  @Override
  public Provisioned<Thing> update(Known<Spec, Thing> current, Spec wanted, Attempt attempt) {
    return provision(wanted, attempt);
  }

  @Override
  public Provisioned<Thing> poll(String handle, Spec spec, Attempt attempt) {
    return provision(spec, attempt);
  }

  @Override
  public Removed deprovision(Known<Spec, Thing> known, Attempt attempt) {
    refuseNowAndThen();
    all.remove(place(attempt));
    loseAnswerNowAndThen();
    return Removed.gone();
  }

  @Override
  public Change change(Known<Spec, Thing> current, Spec wanted) {
    return Change.update();
  }

  private static void refuseNowAndThen() {
    if (ThreadLocalRandom.current().nextInt(100) < 3) {
      throw new TransientException("Not now.");
    }
  }

  private static void loseAnswerNowAndThen() {
    if (ThreadLocalRandom.current().nextInt(100) < 3) {
      throw new AmbiguousException("The answer was lost.");
    }
  }

  private static String place(Attempt attempt) {
    return place(attempt.tenant(), attempt.plan(), attempt.step());
  }

  private static String place(TenantId tenant, String plan, String step) {
    return plan + "/" + step + "/" + tenant;
  }
}
