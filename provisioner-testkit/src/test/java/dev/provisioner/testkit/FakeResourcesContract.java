package dev.provisioner.testkit;

import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract for fakes of any kind. */
class FakeResourcesContract implements ProvisionerContract<FakeSpec, FakeResource> {
  private final FakeCloud cloud;
  private final UnaryOperator<FakeResourcesBuilder> options;

  FakeResourcesContract(FakeCloud cloud, UnaryOperator<FakeResourcesBuilder> options) {
    this.cloud = cloud;
    this.options = options;
  }

  @Override
  public Provisioner<FakeSpec, FakeResource> provisioner() {
    return options.apply(FakeResources.builder(cloud)).build();
  }

  @Override
  public FakeSpec spec(Tenant<?> tenant) {
    return FakeSpec.of("size", "1").with("region", "eu").withGeneratedKey();
  }

  @Override
  public FakeSpec changedSpec(Tenant<?> tenant) {
    return spec(tenant).with("size", "2");
  }

  @Override
  public void plant(FakeSpec spec, String name, @Nullable String marker) {
    cloud.plant("other", name, marker, Map.of("size", "1", "region", "eu"));
  }

  @Override
  public boolean honoursCancellation() {
    return true;
  }
}
