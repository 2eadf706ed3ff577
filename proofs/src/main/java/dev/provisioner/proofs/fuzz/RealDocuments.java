package dev.provisioner.proofs.fuzz;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.FakeCloud;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Documents that an engine wrote: of a tenant that is provisioned, failed, retained, purged. */
final class RealDocuments {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final TenantId ACME = TenantId.of("acme");

  private record Wish(Map<String, String> values, Secret token) {}

  private RealDocuments() {}

  static List<byte[]> all() {
    try {
      return written();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the first documents were written.", e);
    }
  }

  private static List<byte[]> written() throws InterruptedException {
    FakeResources resources = FakeResources.builder(new FakeCloud()).refuses("no").build();
    Step<Wish, FakeResource> network =
        Step.named("network", resources)
            .retry(Retry.never())
            .from(t -> new FakeSpec(null, t.input().values(), t.input().token(), false));
    Step<Wish, FakeResource> archive =
        Step.named("archive", resources)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(network, (t, net) -> FakeSpec.of("network", net.name()).withGeneratedKey());
    Plan<Wish> plan = Plan.of("plan", Wish.class, network, archive);
    AesGcmCipher cipher =
        AesGcmCipher.builder("k", AesGcmCipher.generateKey())
            .fingerprintKey(AesGcmCipher.generateKey())
            .build();
    List<byte[]> documents = new ArrayList<>();
    MemoryStateStore store = MemoryStateStore.create();
    try (ProvisioningEngine engine =
        ProvisioningEngine.builder(store).installation("shop").plans(plan).cipher(cipher).build()) {
      engine.provision(plan, ACME, wish("region", "eu")).await(LONG);
      documents.add(document(store));
      engine.provision(plan, ACME, wish("no", "way")).await(LONG);
      documents.add(document(store));
      engine.provision(plan, ACME, wish("region", "us")).await(LONG);
      engine.deprovision(plan, ACME).await(LONG);
      documents.add(document(store));
      engine.purge(plan, ACME).await(LONG);
      documents.add(document(store));
    }
    return documents;
  }

  private static Wish wish(String key, String value) {
    return new Wish(Map.of(key, value), Secret.of("token"));
  }

  private static byte[] document(MemoryStateStore store) {
    return store.read(new DocumentKey("shop", "plan", ACME)).orElseThrow().document().content();
  }
}
