package dev.provisioner.engine;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.FakeResource;
import dev.provisioner.testkit.FakeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend of operations of which the first fails for good, and each later one is done. */
final class Operations implements Provisioner<FakeSpec, FakeResource> {
  final List<String> begun = new CopyOnWriteArrayList<>();
  final List<String> polled = new CopyOnWriteArrayList<>();

  @Override
  public Kind<FakeSpec, FakeResource> kind() {
    return Kind.of("operations", FakeSpec.class, FakeResource.class);
  }

  @Override
  public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt) {
    return Found.absent();
  }

  @Override
  public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) {
    begun.add("op-" + (begun.size() + 1));
    return Provisioned.pending(begun.get(begun.size() - 1), Duration.ofSeconds(5), "it");
  }

  @Override
  public Provisioned<FakeResource> poll(String handle, FakeSpec spec, Attempt attempt) {
    polled.add(handle);
    if (handle.equals("op-1")) {
      throw new PermanentException("Operation op-1 failed: quota.");
    }
    return Provisioned.done(new FakeResource("id", "name", Map.of(), null));
  }

  @Override
  public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt) {
    return Removed.gone();
  }
}
