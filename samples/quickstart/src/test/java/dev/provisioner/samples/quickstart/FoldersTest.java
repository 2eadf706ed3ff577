package dev.provisioner.samples.quickstart;

import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.ProvisionerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

final class FoldersTest implements ProvisionerContract<FolderSpec, Folder> {
  @TempDir Path root;

  @Override
  public Provisioner<FolderSpec, Folder> provisioner() throws IOException {
    return new Folders(root, attempt -> {});
  }

  @Override
  public FolderSpec spec(Tenant<?> tenant) {
    return FolderSpec.of("settings.json", "{}");
  }

  @Override
  public FolderSpec changedSpec(Tenant<?> tenant) {
    return FolderSpec.of("other.json", "{\"size\": \"large\"}");
  }

  @Override
  public void plant(FolderSpec spec, String name, @Nullable String marker) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));
    Files.writeString(folder.resolve("settings.json"), "theirs");
    if (marker != null) {
      Files.writeString(folder.resolve(Folders.MARKER), marker);
    }
  }
}
