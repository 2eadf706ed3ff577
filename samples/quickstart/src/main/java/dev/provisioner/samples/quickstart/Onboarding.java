package dev.provisioner.samples.quickstart;

import static dev.provisioner.plan.OnDeprovision.RETAIN;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.provisioner.gate.Gates;
import dev.provisioner.gate.Opened;
import dev.provisioner.gate.Pause;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;

/**
 * What a tenant of ours needs.
 *
 * <pre>
 *               ┌─ landing ──── propagation ─┐
 *   workspace ──┤     └───────┐              ├─ welcome
 *               └─ access-key ┴─ analytics   │
 *                        └───────────────────┘
 * </pre>
 */
final class Onboarding {
  static final String NAME = "onboarding";

  final Step<Signup, Folder> workspace;
  final Step<Signup, Landing> landing;
  final Step<Signup, AccessKey> accessKey;
  final Step<Signup, Opened> propagation;
  final Step<Signup, Folder> analytics;
  final Step<Signup, Folder> welcome;
  final Plan<Signup> plan;

  Onboarding(Folders folders, AccessKeys accessKeys, LandingZones zones) {
    workspace =
        Step.named("workspace", folders)
            .onDeprovision(RETAIN)
            .from(tenant -> Contents.workspace(tenant.id(), tenant.input()));

    landing =
        Step.named("landing", zones.stacks())
            .timeout(ofMinutes(10))
            .retry(Retry.atMost(8).backoff(ofSeconds(1), ofSeconds(10)))
            .from(
                workspace,
                (tenant, folder) ->
                    zones
                        .module()
                        .variable("name", tenant.name("landing", 63))
                        .variable("region", tenant.input().region())
                        .variable("size", tenant.input().size().label())
                        .variable("workspace", folder.name()));

    accessKey =
        Step.named("access-key", accessKeys)
            .from(workspace, (tenant, folder) -> new AccessKeySpec(folder.name()));

    propagation =
        Step.named("propagation", Gates.timer())
            .from(landing, (tenant, zone) -> Pause.of(ofSeconds(1)));

    analytics =
        Step.named("analytics", folders)
            .from(landing, accessKey, (tenant, zone, key) -> Contents.analytics(zone, key))
            .onlyIf(tenant -> tenant.input().size() == Size.LARGE);

    welcome =
        Step.named("welcome", folders)
            .from(
                landing,
                accessKey,
                (tenant, zone, key) -> Contents.welcome(tenant.id(), tenant.input(), zone, key))
            .after(propagation);

    plan =
        Plan.of(NAME, Signup.class, workspace, landing, accessKey, propagation, analytics, welcome);
  }
}
