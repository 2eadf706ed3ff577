package dev.provisioner.testkit.simulation;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A provisioner that is as another, but for one fault. */
abstract class WrongProvisioner implements Provisioner<Spec, Made> {
  final Provisioner<Spec, Made> right;
  final Cloud cloud;

  private WrongProvisioner(Provisioner<Spec, Made> right, Cloud cloud) {
    this.right = right;
    this.cloud = cloud;
  }

  /** Never finds anything before it creates, and creates without looking either. */
  static final class Blind extends WrongProvisioner {
    Blind(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Found<Made> find(Known<Spec, Made> known, Attempt attempt) {
      return Found.absent();
    }

    @Override
    public Provisioned<Made> provision(Spec spec, Attempt attempt) throws Exception {
      return kind().id().equals("numbered")
          ? Provisioned.done(createdBy(right, cloud, spec, attempt))
          : right.provision(spec, attempt);
    }
  }

  /** Looks for ever. */
  static final class Stuck extends WrongProvisioner {
    Stuck(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Found<Made> find(Known<Spec, Made> known, Attempt attempt) throws Exception {
      new CountDownLatch(1).await();
      return right.find(known, attempt);
    }
  }

  /** Takes whatever has the name for ours, and changes and removes it as ours. */
  static final class Trusting extends WrongProvisioner {
    Trusting(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Found<Made> find(Known<Spec, Made> known, Attempt attempt) throws Exception {
      Found<Made> found = right.find(known, attempt);
      return found instanceof Found.Foreign || found instanceof Found.Unmarked
          ? Found.ours(new Made(cloud.named(attempt.name()).orElseThrow().id()))
          : found;
    }

    @Override
    public Removed deprovision(Known<Spec, Made> known, Attempt attempt) throws Exception {
      cloud.named(attempt.name()).ifPresent(thing -> cloud.delete(thing.id()));
      return right.deprovision(known, attempt);
    }
  }

  /** Calls again at once when an answer is lost, and so creates another. */
  static final class Hasty extends WrongProvisioner {
    Hasty(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Provisioned<Made> provision(Spec spec, Attempt attempt) throws Exception {
      try {
        return right.provision(spec, attempt);
      } catch (IOException e) {
        if (!kind().id().equals("numbered")) {
          throw e;
        }
        return Provisioned.done(createdBy(right, cloud, spec, attempt));
      }
    }
  }

  /** Says that an update is done and does nothing. */
  static final class Idle extends WrongProvisioner {
    Idle(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Provisioned<Made> update(Known<Spec, Made> current, Spec wanted, Attempt attempt) {
      return Provisioned.done(current.output().orElse(new Made("none")));
    }
  }

  /** Says that a removal is done and does nothing. */
  static final class Keeping extends WrongProvisioner {
    Keeping(Provisioner<Spec, Made> right, Cloud cloud) {
      super(right, cloud);
    }

    @Override
    public Removed deprovision(Known<Spec, Made> known, Attempt attempt) {
      return Removed.gone();
    }
  }

  private static Made createdBy(
      Provisioner<Spec, Made> right, Cloud cloud, Spec spec, Attempt attempt) {
    Sort sort = Sort.valueOf(right.kind().id().toUpperCase(java.util.Locale.ROOT));
    return cloud
        .create(sort, attempt.name(), attempt.marker().text(), spec.attributes())
        .map(thing -> new Made(thing.id()))
        .orElseThrow();
  }

  @Override
  public Kind<Spec, Made> kind() {
    return right.kind();
  }

  @Override
  public boolean excludesConcurrentCalls() {
    return right.excludesConcurrentCalls();
  }

  @Override
  public Found<Made> find(Known<Spec, Made> known, Attempt attempt) throws Exception {
    return right.find(known, attempt);
  }

  @Override
  public Found<Made> inspect(Known<Spec, Made> known, Attempt attempt) throws Exception {
    return right.inspect(known, attempt);
  }

  @Override
  public Provisioned<Made> provision(Spec spec, Attempt attempt) throws Exception {
    return right.provision(spec, attempt);
  }

  @Override
  public Provisioned<Made> poll(String handle, Spec spec, Attempt attempt) throws Exception {
    return right.poll(handle, spec, attempt);
  }

  @Override
  public Change change(Known<Spec, Made> current, Spec wanted) {
    return right.change(current, wanted);
  }

  @Override
  public Provisioned<Made> update(Known<Spec, Made> current, Spec wanted, Attempt attempt)
      throws Exception {
    return right.update(current, wanted, attempt);
  }

  @Override
  public Removed deprovision(Known<Spec, Made> known, Attempt attempt) throws Exception {
    return right.deprovision(known, attempt);
  }

  @Override
  public Removed pollRemoval(String handle, Known<Spec, Made> known, Attempt attempt)
      throws Exception {
    return right.pollRemoval(handle, known, attempt);
  }
}
