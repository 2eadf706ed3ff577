package dev.provisioner.testkit.simulation;

import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.plan.StepBuilder;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.testkit.simulation.Wish.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates a plan's steps from a wish, on one engine's provisioners. */
final class Steps {
  private final Map<Sort, Provisioner<Spec, Made>> provisioners;
  private final Provisioner<Pause, Opened> timer;

  Steps(Map<Sort, Provisioner<Spec, Made>> provisioners, Provisioner<Pause, Opened> timer) {
    this.provisioners = provisioners;
    this.timer = timer;
  }

  List<Step<Wish, ?>> of(Wish wish) {
    Map<Integer, Step<Wish, Made>> readable = new LinkedHashMap<>();
    Map<Integer, Step<Wish, ?>> all = new LinkedHashMap<>();
    for (Part part : wish.parts()) {
      Step<Wish, ?> step;
      if (part.sort() == Sort.TIMER) {
        StepBuilder<Pause, Opened> builder = options(part, Step.named(part.name(), timer));
        step = after(part, all, builder.from(Wish.class, tenant -> pause(part)));
      } else {
        Step<Wish, Made> made = after(part, all, resource(part, readable));
        readable.put(part.id(), made);
        step = made;
      }
      all.put(part.id(), step);
    }
    return List.copyOf(all.values());
  }

  private static Pause pause(Part part) {
    return Pause.of(Duration.ofSeconds(10 + 20L * (part.value() % 3)));
  }

  private Step<Wish, Made> resource(Part part, Map<Integer, Step<Wish, Made>> readable) {
    Provisioner<Spec, Made> provisioner =
        java.util.Objects.requireNonNull(provisioners.get(part.sort()));
    StepBuilder<Spec, Made> builder = options(part, Step.named(part.name(), provisioner));
    List<Step<Wish, Made>> reads = new ArrayList<>();
    part.reads().forEach(id -> reads.add(java.util.Objects.requireNonNull(readable.get(id))));
    return switch (reads.size()) {
      case 0 -> builder.from(Wish.class, tenant -> Spec.of(part, ""));
      case 1 -> builder.from(reads.get(0), (tenant, a) -> Spec.of(part, a.id()));
      case 2 ->
          builder.from(
              reads.get(0), reads.get(1), (tenant, a, b) -> Spec.of(part, a.id() + " " + b.id()));
      default ->
          builder.from(
              reads.get(0),
              reads.get(1),
              reads.get(2),
              (tenant, a, b, c) -> Spec.of(part, a.id() + " " + b.id() + " " + c.id()));
    };
  }

  private static <S, O> StepBuilder<S, O> options(Part part, StepBuilder<S, O> begun) {
    StepBuilder<S, O> builder =
        begun
            .onDeprovision(part.leaving())
            .onFailure(part.rollsBack() ? OnFailure.ROLL_BACK : OnFailure.KEEP)
            .retry(
                Retry.atMost(part.attempts())
                    .backoff(Duration.ofSeconds(2), Duration.ofSeconds(30)));
    if (part.seconds() > 0) {
      builder = builder.timeout(Duration.ofSeconds(part.seconds()));
    }
    return part.formerly() < 0 ? builder : builder.formerly("s" + part.formerly());
  }

  private static <O> Step<Wish, O> after(
      Part part, Map<Integer, Step<Wish, ?>> all, Step<Wish, O> step) {
    Step<Wish, O> result = step.onlyIf(tenant -> part.wanted());
    for (int id : part.after()) {
      result = result.after(java.util.Objects.requireNonNull(all.get(id)));
    }
    return result;
  }
}
