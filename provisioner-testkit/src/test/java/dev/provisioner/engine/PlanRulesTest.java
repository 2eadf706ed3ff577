package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.plan.Included;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class PlanRulesTest {
  private final FakeResources resources = FakeResources.on(new FakeCloud());

  private Step<Wish, FakeResource> step(String name) {
    return Step.named(name, resources).from(tenant -> FakeSpec.empty());
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void stepsComeAfterWhatTheyReadHoweverTheyAreListed() {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b =
        Step.named("b", resources).from(a, (tenant, one) -> FakeSpec.empty());
    Step<Wish, FakeResource> c = step("c").after(b);

    Plan<Wish> plan = Plan.of("plan", Wish.class, c, b, a);

    assertThat(plan.steps(Wish.none())).extracting(Step::name).containsExactly("a", "b", "c");
    assertThat(c.reads()).isEmpty();
    assertThat(c.dependencies()).extracting(Step::name).containsExactly("b");
  }

  @Test
  void twoStepsOfOneNameAreRefused() {
    refuses(
        () -> Plan.of("plan", Wish.class, step("a"), step("a")),
        "Plan 'plan' has two steps named 'a'. Rename one.");
  }

  @Test
  void readingAStepOutsideThePlanIsRefused() {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> b =
        Step.named("b", resources).from(a, (tenant, one) -> FakeSpec.empty());
    refuses(
        () -> Plan.of("plan", Wish.class, b),
        "Plan 'plan': step 'b' depends on step 'a', which is not in the plan. Add that very object:"
            + " onlyIf() and after() return another step.");
  }

  @Test
  void aStepThatAfterReturnedIsAnotherStep() {
    Step<Wish, FakeResource> a = step("a");
    Step<Wish, FakeResource> reader =
        Step.named("b", resources).from(a, (tenant, one) -> FakeSpec.empty());
    Step<Wish, FakeResource> other = step("c");
    refuses(
        () -> Plan.of("plan", Wish.class, other, a.after(other), reader),
        "Plan 'plan': step 'b' depends on step 'a', which is not in the plan. Add that very object:"
            + " onlyIf() and after() return another step.");
  }

  @Test
  void twoStepsCannotHaveHadOneName() {
    Step<Wish, FakeResource> a =
        Step.named("a", resources).formerly("old").from(tenant -> FakeSpec.empty());
    Step<Wish, FakeResource> b =
        Step.named("b", resources).formerly("old").from(tenant -> FakeSpec.empty());
    refuses(
        () -> Plan.of("plan", Wish.class, a, b),
        "Plan 'plan': step 'b' says it was formerly 'old', and so does or is step 'a'. A resource"
            + " can go to one step only.");
  }

  @Test
  void aStepCannotHaveHadTheNameThatAnotherHasNow() {
    Step<Wish, FakeResource> a =
        Step.named("a", resources).formerly("b").from(tenant -> FakeSpec.empty());
    refuses(
        () -> Plan.of("plan", Wish.class, a, step("b")),
        "Plan 'plan': step 'a' says it was formerly 'b', and so does or is step 'b'. A resource can"
            + " go to one step only.");
  }

  @Test
  void namesFollowTheRules() {
    refuses(
        () -> step("Bucket"),
        "A step's name has 1 to 63 lower-case letters, digits and hyphens and begins with a letter;"
            + " 'Bucket' does not.");
    refuses(
        () -> Plan.of("a/b", Wish.class, step("a")),
        "A plan's name has 1 to 63 lower-case letters, digits and hyphens and begins with a letter;"
            + " 'a/b' does not.");
    refuses(
        () -> Step.named("a", resources).formerly("no name"),
        "A step's name (each part between '/', of which there are at most 4) has 1 to 63 lower-case"
            + " letters, digits and hyphens and begins with a letter; 'no name' does not.");
    refuses(
        () -> Plan.of("plan", Wish.class, step("a")).within("1", (Wish wish) -> wish),
        "A step's name has 1 to 63 lower-case letters, digits and hyphens and begins with a letter;"
            + " '1' does not.");
  }

  @Test
  void rangesAreChecked() {
    Plan<Wish> plan = Plan.of("plan", Wish.class, step("a"));
    refuses(() -> plan.version(0), "A plan's version is 1 or more, not 0.");
    refuses(() -> plan.deadline(Duration.ZERO), "A run's deadline must be longer than zero: PT0S");
    refuses(
        () -> Step.named("a", resources).timeout(Duration.ZERO),
        "timeout must be longer than zero, not PT0S.");
    refuses(
        () -> Step.named("a", resources).callTimeout(Duration.ofSeconds(-1)),
        "callTimeout must be longer than zero, not PT-1S.");
    refuses(() -> Retry.atMost(0), "Retry: maxAttempts is 1 to 1,000, not 0.");
    refuses(
        () -> Retry.ofDefaults().backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)),
        "Retry: max is not shorter than initial (PT2S), not PT1S.");
    refuses(() -> Retry.ofDefaults().jitter(1), "Retry: jitter is 0 to 0.9, not 1.0.");
    refuses(() -> Retry.ofDefaults().multiplier(0), "Retry: multiplier is 1 to 10, not 0.0.");
  }

  @Test
  void onlyStepsOfTheIncludedPlanCanBeReadThroughIt() {
    Plan<Wish> inner = Plan.of("inner", Wish.class, step("a"));
    Included<Wish, Wish> included = inner.within("x", wish -> wish);
    Step<Wish, FakeResource> stranger = step("b");
    refuses(() -> included.step(stranger), "Step 'b' is not a step of plan 'inner'.");
  }

  @Test
  void aPlanIncludedTwiceNeedsTwoPrefixes() {
    Plan<Wish> inner = Plan.of("inner", Wish.class, step("a"));
    refuses(
        () ->
            Plan.of(
                "plan",
                Wish.class,
                inner.within("x", (Wish wish) -> wish),
                inner.within("x", (Wish wish) -> wish)),
        "Plan 'plan' has two steps named 'x/a'. Rename one.");
  }

  @Test
  void plansNestFourDeepAtMost() {
    Plan<Wish> plan = Plan.of("one", Wish.class, step("a"));
    for (String prefix : List.of("b", "c", "d")) {
      plan = Plan.of("plan-" + prefix, Wish.class, plan.within(prefix, (Wish wish) -> wish));
    }
    assertThat(plan.steps(Wish.none())).extracting(Step::name).containsExactly("d/c/b/a");
    Plan<Wish> deep = plan;
    refuses(
        () -> Plan.of("deep", Wish.class, deep.within("e", (Wish wish) -> wish)),
        "A step's name (each part between '/', of which there are at most 4) has 1 to 63 lower-case"
            + " letters, digits and hyphens and begins with a letter; 'e/d/c/b/a' does not.");
  }

  @Test
  void aGeneratedPlanIsCheckedForEachInput() {
    Plan<Wish> plan =
        Plan.generated(
            "plan", Wish.class, wish -> wish.has("twice") ? twice() : List.of(step("a")));
    assertThat(plan.steps(Wish.none())).extracting(Step::name).containsExactly("a");
    refuses(
        () -> plan.steps(Wish.of("twice", "yes")),
        "Plan 'plan' has two steps named 'a'. Rename one.");
  }

  private List<Step<Wish, ?>> twice() {
    return List.of(step("a"), step("a"));
  }
}
