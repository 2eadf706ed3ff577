package dev.provisioner.testkit;

import dev.provisioner.error.PermanentException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Provisioners that get one thing wrong each. */
final class Mutants {
  private Mutants() {}

  static List<FakeResourcesContract> all() {
    return Stream.of(
            new Deaf(),
            new FindsAnything(),
            new GivesUpOnTakenNames(),
            new MakesAnother(),
            new MixesTenants(),
            new NeverReusesNames(),
            new PollsOnce(),
            new RemovesNothing(),
            new RemovesOnce(),
            new UpdatesNothing())
        .map(Mutant::contract)
        .toList();
  }

  /** Gets nothing wrong yet. */
  private static class Mutant implements Provisioner<FakeSpec, FakeResource> {
    final FakeCloud cloud = new FakeCloud();
    private final FakeResources right;

    Mutant() {
      this(builder -> builder);
    }

    Mutant(UnaryOperator<FakeResourcesBuilder> options) {
      right = options.apply(FakeResources.builder(cloud)).build();
    }

    final FakeResourcesContract contract() {
      return new FakeResourcesContract(cloud, builder -> builder) {
        @Override
        public Provisioner<FakeSpec, FakeResource> provisioner() {
          return Mutant.this;
        }

        @Override
        public Duration promptness() {
          return Duration.ofMillis(200);
        }
      };
    }

    @Override
    public Kind<FakeSpec, FakeResource> kind() {
      return right.kind();
    }

    @Override
    public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      return right.find(known, attempt);
    }

    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      return right.provision(spec, attempt);
    }

    @Override
    public Provisioned<FakeResource> poll(String handle, FakeSpec spec, Attempt attempt)
        throws Exception {
      return right.poll(handle, spec, attempt);
    }

    @Override
    public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      return right.deprovision(known, attempt);
    }

    @Override
    public Removed pollRemoval(String handle, Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      return right.pollRemoval(handle, known, attempt);
    }

    @Override
    public Change change(Known<FakeSpec, FakeResource> current, FakeSpec wanted) {
      return right.change(current, wanted);
    }

    @Override
    public Provisioned<FakeResource> update(
        Known<FakeSpec, FakeResource> current, FakeSpec wanted, Attempt attempt) throws Exception {
      return right.update(current, wanted, attempt);
    }
  }

  static final class RemovesNothing extends Mutant {
    @Override
    public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt) {
      return Removed.gone();
    }
  }

  static final class RemovesOnce extends Mutant {
    @Override
    public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      if (cloud.get(attempt.name()).isEmpty()) {
        throw new PermanentException("It is not there.");
      }
      return super.deprovision(known, attempt);
    }
  }

  static final class UpdatesNothing extends Mutant {
    @Override
    public Provisioned<FakeResource> update(
        Known<FakeSpec, FakeResource> current, FakeSpec wanted, Attempt attempt) {
      return Provisioned.done(current.output().orElseThrow());
    }
  }

  static final class MixesTenants extends Mutant {
    private final Map<FakeSpec, Provisioned<FakeResource>> bySpec = new ConcurrentHashMap<>();

    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      bySpec.putIfAbsent(spec, super.provision(spec, attempt));
      return bySpec.getOrDefault(spec, super.provision(spec, attempt));
    }
  }

  static final class GivesUpOnTakenNames extends Mutant {
    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      if (cloud.get(attempt.name()).isPresent()) {
        throw new PermanentException("The name is taken.");
      }
      return super.provision(spec, attempt);
    }
  }

  static final class MakesAnother extends Mutant {
    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      cloud.get(attempt.name()).ifPresent(before -> cloud.lose(before.name()));
      return super.provision(spec, attempt);
    }
  }

  static final class NeverReusesNames extends Mutant {
    private final Set<String> removed = ConcurrentHashMap.newKeySet();

    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      if (removed.contains(attempt.name())) {
        throw new PermanentException("The name was used before.");
      }
      return super.provision(spec, attempt);
    }

    @Override
    public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      removed.add(attempt.name());
      return super.deprovision(known, attempt);
    }
  }

  static final class FindsAnything extends Mutant {
    @Override
    public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
        throws Exception {
      return cloud.get(attempt.name()).isPresent()
          ? super.find(known, attempt)
          : Found.ours(new FakeResource("made-up", attempt.name(), Map.of(), null));
    }
  }

  /** Keeps what it waits for in memory, where one poll finds it, and a new beginning does not. */
  static final class PollsOnce extends Mutant {
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Set<String> polled = ConcurrentHashMap.newKeySet();

    PollsOnce() {
      super(builder -> builder.pending(2).pollAfter(Duration.ofMillis(1)));
    }

    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      Provisioned<FakeResource> answer = super.provision(spec, attempt);
      if (!begun.add(attempt.marker().nonce()) && !polled.contains(attempt.marker().nonce())) {
        throw new PermanentException("It was begun already.");
      }
      return answer;
    }

    @Override
    public Provisioned<FakeResource> poll(String handle, FakeSpec spec, Attempt attempt)
        throws Exception {
      polled.add(attempt.marker().nonce());
      if (!polled.add(handle)) {
        throw new PermanentException("The handle is not known any more.");
      }
      return super.poll(handle, spec, attempt);
    }
  }

  static final class Deaf extends Mutant {
    @Override
    public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
      Provisioned<FakeResource> made = null;
      try {
        made = super.provision(spec, attempt);
      } finally {
        if (attempt.cancelled()) {
          waitUntilInterrupted();
        }
      }
      return made;
    }

    private static void waitUntilInterrupted() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }
}
