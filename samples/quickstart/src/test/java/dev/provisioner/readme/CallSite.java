package dev.provisioner.readme;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.Run;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.terraform.TerraformStacks;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The call site of the README's first screen. */
final class CallSite {
  private static final Logger log = LoggerFactory.getLogger(CallSite.class);

  record Signup(String region, boolean analytics) {}

  record Network(String vpcId, String region) {}

  private CallSite() {}

  static Outcome onboard(TerraformStacks stacks, Notes notes, Path directory)
      throws InterruptedException {
    Step<Signup, Network> network =
        Step.named("network", stacks.as(Network.class))
            .retry(Retry.atMost(3).backoff(ofSeconds(5), ofMinutes(1)))
            .from(tenant -> stacks.stack("network").variable("region", tenant.input().region()));

    Step<Signup, Notes.Note> contract =
        Step.named("contract", notes)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(tenant -> new Notes.Spec("signed by " + tenant.id()));

    Step<Signup, Notes.Note> dashboard =
        Step.named("dashboard", notes)
            .from(network, contract, (tenant, net, signed) -> new Notes.Spec("see " + net.vpcId()))
            .onlyIf(tenant -> tenant.input().analytics());

    Plan<Signup> onboarding = Plan.of("onboarding", Signup.class, network, contract, dashboard);

    try (StateStore store = FileStateStore.open(directory);
        ProvisioningEngine engine =
            ProvisioningEngine.builder(store).installation("shop-eu").plans(onboarding).build()) {
      Run run = engine.provision(onboarding, TenantId.of("acme"), new Signup("eu-west-1", true));
      Outcome outcome = run.await(ofMinutes(30));
      if (outcome instanceof Outcome.Failed failed) {
        log.warn(failed.explain());
      }
      return outcome;
    }
  }
}
