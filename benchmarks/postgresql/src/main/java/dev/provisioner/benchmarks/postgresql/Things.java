package dev.provisioner.benchmarks.postgresql;

import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes things that cost nothing, and plans of them. */
final class Things implements Provisioner<Things.Spec, Things.Made> {
  /** What the tenant wants. */
  record Wish(String region) {}

  /** What is wanted: about as much as a small bucket needs. */
  record Spec(String region, boolean versioned, String after) {}

  /** What was made. */
  record Made(String id, String address) {}

  private final Consumer<String> called;

  /**
   * Creates a provisioner.
   *
   * @param called is told the tenant of each look
   */
  Things(Consumer<String> called) {
    this.called = called;
  }

  Things() {
    this(tenant -> {});
  }

  /** Returns a plan whose steps each read the output of the one before. */
  Plan<Wish> chain(int steps) {
    List<Step<Wish, ?>> all = new ArrayList<>();
    @Nullable Step<Wish, Made> before = null;
    for (int i = 0; i < steps; i++) {
      before = before == null ? first("step-0") : next("step-" + i, before);
      all.add(before);
    }
    return Plan.of("chain-" + steps, Wish.class, all);
  }

  /** Returns a plan of eight steps: one, six that read its output, and one that reads two. */
  Plan<Wish> diamond() {
    Step<Wish, Made> top = first("top");
    List<Step<Wish, Made>> middle = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      middle.add(next("middle-" + i, top));
    }
    Step<Wish, Made> bottom =
        Step.named("bottom", this)
            .from(
                middle.get(0),
                middle.get(5),
                (tenant, left, right) ->
                    new Spec(tenant.input().region(), true, left.id() + " " + right.id()));
    List<Step<Wish, ?>> all = new ArrayList<>(List.of(top));
    all.addAll(middle);
    all.add(bottom);
    return Plan.of("diamond", Wish.class, all);
  }

  private Step<Wish, Made> first(String name) {
    return Step.named(name, this).from(tenant -> new Spec(tenant.input().region(), true, ""));
  }

  private Step<Wish, Made> next(String name, Step<Wish, Made> before) {
    return Step.named(name, this)
        .from(before, (tenant, made) -> new Spec(tenant.input().region(), true, made.id()));
  }

  @Override
  public Kind<Spec, Made> kind() {
    return Kind.of("things", Spec.class, Made.class);
  }

  @Override
  public Found<Made> find(Known<Spec, Made> known, Attempt attempt) {
    called.accept(attempt.tenant().value());
    return known.output().<Found<Made>>map(Found::ours).orElseGet(Found::absent);
  }

  @Override
  public Provisioned<Made> provision(Spec spec, Attempt attempt) {
    return Provisioned.done(new Made(attempt.name(), "https://things.example/" + attempt.name()));
  }

  @Override
  public Change change(Known<Spec, Made> current, Spec wanted) {
    return Change.update();
  }

  @Override
  public Removed deprovision(Known<Spec, Made> known, Attempt attempt) {
    return Removed.gone();
  }
}
