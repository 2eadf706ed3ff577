package dev.provisioner.engine;

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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A provisioner whose first creation ignores cancellation and interrupts until it is let go. */
record DeafOnce(
    Provisioner<FakeSpec, FakeResource> provisioner, AtomicInteger stuck, CountDownLatch unstick)
    implements Provisioner<FakeSpec, FakeResource> {

  @Override
  public Kind<FakeSpec, FakeResource> kind() {
    return provisioner.kind();
  }

  @Override
  public Found<FakeResource> find(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws Exception {
    return provisioner.find(known, attempt);
  }

  @Override
  public Provisioned<FakeResource> provision(FakeSpec spec, Attempt attempt) throws Exception {
    if (stuck.compareAndSet(0, 1)) {
      boolean ended = false;
      while (!ended) {
        try {
          unstick.await();
          ended = true;
        } catch (InterruptedException e) {
          // ignores it, which is what is tested
        }
      }
      stuck.set(2);
      throw new IllegalStateException("a late answer");
    }
    return provisioner.provision(spec, attempt);
  }

  @Override
  public Removed deprovision(Known<FakeSpec, FakeResource> known, Attempt attempt)
      throws Exception {
    return provisioner.deprovision(known, attempt);
  }

  @Override
  public Optional<Duration> callTimeout() {
    return provisioner.callTimeout();
  }

  @Override
  public int maxConcurrentCalls() {
    return provisioner.maxConcurrentCalls();
  }
}
