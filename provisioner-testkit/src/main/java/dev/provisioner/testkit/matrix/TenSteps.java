package dev.provisioner.testkit.matrix;

import static dev.provisioner.plan.OnDeprovision.KEEP;
import static dev.provisioner.plan.OnDeprovision.RETAIN;

import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeResourcesBuilder;
import dev.provisioner.testkit.FakeSpec;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A plan that has one of everything: a diamond (network, bucket and role, sync), a gate, a step
 * that is conditional (sync), replaced beside its predecessor (bucket), replaced after its
 * predecessor (role), pending (cluster), retained (archive), kept (shared), gone in version 2
 * (legacy); one that remembers a key before it is used (bucket), and one (topic) whose responses
 * the operations lose.
 */
final class TenSteps {
  static final String NAME = "ten-steps";
  private static final Retry RETRY =
      Retry.atMost(4).backoff(Duration.ofMillis(100), Duration.ofSeconds(1));

  final Plan<Wish> plan;
  final Step<Wish, FakeResource> bucket;

  TenSteps(Scene scene, CrashPoints points, long version, OnFailure onFailure) {
    UnaryOperator<FakeResourcesBuilder> parts = scene.parts.resources();
    SettableClock clock = scene.clock;
    Provisioner<FakeSpec, FakeResource> simple =
        points.provisioner(
            parts
                .apply(FakeResources.builder(scene.cloud).replaces("zone").recreates("owner"))
                .build());
    Provisioner<FakeSpec, FakeResource> slow =
        points.provisioner(
            parts
                .apply(
                    FakeResources.builder(scene.cloud)
                        .id("slow")
                        .pending(2)
                        .pollAfter(Duration.ofSeconds(3)))
                .build());
    Provisioner<Pause, Opened> timer = points.provisioner(Gates.timer(clock));

    Step<Wish, FakeResource> network =
        Step.named("network", simple).from(t -> FakeSpec.of("region", t.input().region()));
    bucket =
        Step.named("bucket", simple)
            .from(network, (t, net) -> FakeSpec.of("zone", t.input().zone()).withGeneratedKey());
    Step<Wish, FakeResource> role =
        Step.named("role", simple)
            .retry(RETRY)
            .from(
                network,
                (t, net) -> FakeSpec.of("owner", t.input().owner()).named(t.id() + "-role"));
    Step<Wish, FakeResource> sync =
        Step.named("sync", simple)
            .retry(RETRY)
            .from(
                bucket,
                role,
                (t, b, r) ->
                    FakeSpec.of("bucket", b.name()).with("role", r.name()).named(t.id() + "-sync"))
            .onlyIf(t -> t.input().analytics());
    Step<Wish, Opened> gate =
        Step.named("gate", timer).from(network, (t, net) -> Pause.of(Duration.ofSeconds(30)));
    Step<Wish, FakeResource> cluster =
        Step.named("cluster", slow)
            .<Wish, Opened>from(gate, (t, open) -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> archive =
        Step.named("archive", simple)
            .onDeprovision(RETAIN)
            .from(network, (t, net) -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> shared =
        Step.named("shared", simple)
            .onDeprovision(KEEP)
            .from(t -> FakeSpec.of("region", t.input().region()));
    Step<Wish, FakeResource> topic =
        Step.named("topic", simple)
            .retry(RETRY)
            .from(t -> FakeSpec.of("region", t.input().region()).named(t.id() + "-topic"));
    Step<Wish, FakeResource> legacy =
        Step.named("legacy", slow).from(network, (t, net) -> FakeSpec.of("old", "yes"));
    Plan<Wish> all =
        version == 1
            ? Plan.of(
                NAME,
                Wish.class,
                network,
                bucket,
                role,
                sync,
                gate,
                cluster,
                archive,
                shared,
                topic,
                legacy)
            : Plan.of(
                NAME,
                Wish.class,
                network,
                bucket,
                role,
                sync,
                gate,
                cluster,
                archive,
                shared,
                topic);
    plan = all.version(version).onFailure(onFailure);
  }
}
