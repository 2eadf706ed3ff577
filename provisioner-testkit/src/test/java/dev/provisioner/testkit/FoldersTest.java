package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.Folders.Folder;
import dev.provisioner.testkit.Folders.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest implements ProvisionerContract<Spec, Folder> {
  @TempDir Path root;

  @Override
  public Provisioner<Spec, Folder> provisioner() {
    return new Folders(root);
  }

  @Override
  public Spec spec(Tenant<?> tenant) {
    return new Spec("hello");
  }

  @Override
  public void plant(Spec spec, String name, @Nullable String marker) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));
    Files.writeString(folder.resolve("theirs.txt"), "theirs");
    if (marker != null) {
      Files.writeString(folder.resolve(".owner"), marker);
    }
  }

  @Test
  void removalTakesWhatTheTenantPutThereAndLeavesNothing() throws Exception {
    TestAttempt attempt = TestAttempt.of("acme", "onboarding", "folder");
    Folders folders = new Folders(root);
    Spec spec = new Spec("hello");
    Provisioned<Folder> made = folders.provision(spec, attempt);
    Folder folder = ((Provisioned.Done<Folder>) made).output();
    Path reports = Files.createDirectories(Path.of(folder.path()).resolve("reports/2026"));
    Files.writeString(reports.resolve("-first.txt"), "report");
    folders.deprovision(Known.made(spec, folder), attempt);
    assertThat(root).isEmptyDirectory();
  }
}
