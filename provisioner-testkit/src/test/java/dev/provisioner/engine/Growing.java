package dev.provisioner.engine;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeResources;
import dev.provisioner.testkit.FakeSpec;

/** Disks: they can be made larger but not smaller. */
record Growing(FakeResources disks) implements Provisioner<FakeSpec, FakeResource> {

  @Override
  public Kind<FakeSpec, FakeResource> kind() {
    return Kind.of("disks", FakeSpec.class, FakeResource.class);
  }

  @Override
  public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws Exception {
    return disks.find(known, attempt);
  }

  @Override
  public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
    return disks.provision(spec, attempt);
  }

  @Override
  public Provisioned<FakeResource> update(
      Known<FakeSpec, FakeResource> current, FakeSpec wanted, Attempt attempt) throws Exception {
    return disks.update(current, wanted, attempt);
  }

  @Override
  public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws Exception {
    return disks.deprovision(known, attempt);
  }

  @Override
  public Change change(Known<FakeSpec, FakeResource> current, FakeSpec wanted) {
    return size(wanted) < size(current.spec())
        ? Change.refused("a disk does not shrink")
        : Change.update();
  }

  private static int size(FakeSpec spec) {
    return Integer.parseInt(spec.attributes().getOrDefault("size", "0"));
  }
}
