package dev.provisioner.samples.quickstart;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.OutputView;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.terraform.StackSpec;
import java.io.IOException;

/** Stands in for Terraform where there is none: a stack is a folder with its variables. */
final class FolderStacks implements Provisioner<StackSpec, Folder> {
  private static final Kind<StackSpec, Folder> KIND =
      Kind.of("folder-stack", StackSpec.class, Folder.class);

  private final Folders folders;

  FolderStacks(Folders folders) {
    this.folders = folders;
  }

  OutputView<StackSpec, ?, Landing> landings() {
    return as(folder -> new Landing(folder.name(), folder.name()));
  }

  @Override
  public Kind<StackSpec, Folder> kind() {
    return KIND;
  }

  @Override
  public Found<Folder> find(Known<StackSpec, Folder> known, Attempt attempt) throws IOException {
    return folders.find(translated(known), attempt);
  }

  @Override
  public Provisioned<Folder> provision(StackSpec spec, Attempt attempt) throws IOException {
    return folders.provision(translated(spec), attempt);
  }

  @Override
  public Change change(Known<StackSpec, Folder> current, StackSpec wanted) {
    return Change.update();
  }

  @Override
  public Provisioned<Folder> update(
      Known<StackSpec, Folder> current, StackSpec wanted, Attempt attempt) throws IOException {
    return provision(wanted, attempt);
  }

  @Override
  public Removed deprovision(Known<StackSpec, Folder> known, Attempt attempt) throws IOException {
    return folders.deprovision(translated(known), attempt);
  }

  private static Known<FolderSpec, Folder> translated(Known<StackSpec, Folder> known) {
    FolderSpec spec = translated(known.spec());
    return known
        .output()
        .map(output -> Known.made(spec, output))
        .orElseGet(() -> Known.begun(spec));
  }

  private static FolderSpec translated(StackSpec spec) {
    return FolderSpec.of("variables.json", Contents.json(spec.variables()));
  }
}
