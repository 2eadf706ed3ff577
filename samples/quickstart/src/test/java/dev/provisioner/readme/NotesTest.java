package dev.provisioner.readme;

import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.testkit.ProvisionerContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class NotesTest implements ProvisionerContract<Notes.Spec, Notes.Note> {
  @TempDir Path root;

  @Override
  public Provisioner<Notes.Spec, Notes.Note> provisioner() {
    return new Notes(root);
  }

  @Override
  public Notes.Spec spec(Tenant<?> tenant) {
    return new Notes.Spec("for " + tenant.id());
  }
}
