package dev.provisioner.samples.quickstart;

import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.ProvisionerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

final class AccessKeysTest implements ProvisionerContract<AccessKeySpec, AccessKey> {
  @TempDir Path root;

  @Override
  public Provisioner<AccessKeySpec, AccessKey> provisioner() throws IOException {
    return new AccessKeys(root, attempt -> {});
  }

  @Override
  public AccessKeySpec spec(Tenant<?> tenant) {
    return new AccessKeySpec("workspace");
  }

  @Override
  public void plant(AccessKeySpec spec, String name, @Nullable String marker) throws IOException {
    String text = marker == null ? "{}" : "{\"marker\": \"" + marker + "\"}";
    Files.writeString(root.resolve(name + ".json"), text);
  }
}
