package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Plans of any shape and with any names, as a plan that is generated from an input may have. */
final class HostilePlanTest {
  private final FakeResources resources = FakeResources.on(new FakeCloud());

  private Step<Wish, FakeResource> step(String name) {
    return Step.named(name, resources).from(tenant -> FakeSpec.empty());
  }

  @Test
  void anyGraphIsOrderedOrRefusedForTheFaultItHas() {
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      List<Step<Wish, ?>> made = graph(random);
      List<Step<Wish, ?>> listed = new ArrayList<>(made);
      if (random.nextInt(4) == 0) {
        listed.remove(random.nextInt(listed.size()));
      }
      Collections.shuffle(listed, random);
      try {
        List<Step<Wish, ?>> ordered = steps(listed);
        assertThat(ordered).containsExactlyInAnyOrderElementsOf(listed);
        Set<Step<Wish, ?>> before = new HashSet<>();
        for (Step<Wish, ?> step : ordered) {
          assertThat(before).containsAll(step.dependencies());
          before.add(step);
        }
        assertThat(fault(listed)).isFalse();
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(fault(listed)).as(e.getMessage()).isTrue();
        assertThat(e.getMessage())
            .matches(
                "Plan 'plan' has two steps named 's\\d+'\\. Rename one\\.|Plan 'plan': step 's\\d+'"
                    + " depends on step 's\\d+', which is not in the plan\\. Add that very object:"
                    + " onlyIf\\(\\) and after\\(\\) return another step\\.");
      }
    }
    assertThat(refused).isBetween(500, 2_500);
  }

  private List<Step<Wish, ?>> graph(Random random) {
    List<Step<Wish, ?>> made = new ArrayList<>();
    int size = 1 + random.nextInt(12);
    boolean duplicates = random.nextInt(4) == 0;
    for (int n = 0; n < size; n++) {
      Step<Wish, FakeResource> step = step("s" + (duplicates ? random.nextInt(20) : n));
      for (int d = random.nextInt(4); d > 0 && n > 0; d--) {
        step = step.after(made.get(random.nextInt(n)));
      }
      made.add(step);
    }
    return made;
  }

  private static boolean fault(List<Step<Wish, ?>> steps) {
    return steps.stream().map(Step::name).distinct().count() < steps.size()
        || !steps.stream().allMatch(step -> steps.containsAll(step.dependencies()));
  }

  private static List<Step<Wish, ?>> steps(List<Step<Wish, ?>> steps) {
    return Plan.generated("plan", Wish.class, (Wish wish) -> steps).steps(Wish.none());
  }

  @Test
  void aChainMayBeLongerThanAThreadsStackIsDeep() {
    List<Step<Wish, ?>> chain = new ArrayList<>();
    Step<Wish, FakeResource> last = step("s0");
    chain.add(last);
    for (int i = 1; i < 50_000; i++) {
      last = step("s" + i).after(last);
      chain.add(last);
    }
    List<Step<Wish, ?>> backwards = new ArrayList<>(chain);
    Collections.reverse(backwards);
    assertThat(steps(backwards)).isEqualTo(chain);
  }

  @Test
  void aHostileNameIsRefusedInOneShortLine() {
    assertThatThrownBy(() -> step("a\nERROR forged\u202e" + "x".repeat(10_000_000)))
        .hasMessage(
            "A step's name has 1 to 63 lower-case letters, digits and hyphens and begins with a"
                + " letter; 'a\\u000AERROR forged\\u202E"
                + "x".repeat(185)
                + "…' does not.");
  }
}
