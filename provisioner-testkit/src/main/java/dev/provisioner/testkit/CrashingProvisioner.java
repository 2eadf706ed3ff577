package dev.provisioner.testkit;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.time.Duration;
import java.util.Optional;

/** A provisioner whose calls are {@link CrashPoints}. */
final class CrashingProvisioner<S, O> implements Provisioner<S, O> {
  private final Provisioner<S, O> provisioner;
  private final CrashPoints points;

  CrashingProvisioner(Provisioner<S, O> provisioner, CrashPoints points) {
    this.provisioner = provisioner;
    this.points = points;
  }

  private interface Work<T> {
    T make(Attempt attempt) throws Exception;
  }

  private <T> T call(String what, Attempt attempt, Work<T> work) throws Exception {
    String name = what + " of step " + attempt.step();
    points.pass("before " + name);
    T result;
    try {
      result = work.make(new CrashingAttempt(attempt, points));
    } catch (SimulatedCrash e) {
      throw points.crash("during " + name);
    }
    points.pass("after " + name);
    return result;
  }

  @Override
  public Kind<S, O> kind() {
    return provisioner.kind();
  }

  @Override
  public Found<O> find(Known<S, O> known, Attempt attempt) throws Exception {
    return call("find", attempt, it -> provisioner.find(known, it));
  }

  @Override
  public Found<O> inspect(Known<S, O> known, Attempt attempt) throws Exception {
    return call("inspect", attempt, it -> provisioner.inspect(known, it));
  }

  @Override
  public Provisioned<O> provision(S spec, Attempt attempt) throws Exception {
    return call("provision", attempt, it -> provisioner.provision(spec, it));
  }

  @Override
  public Removed deprovision(Known<S, O> known, Attempt attempt) throws Exception {
    return call("deprovision", attempt, it -> provisioner.deprovision(known, it));
  }

  @Override
  public Change change(Known<S, O> current, S wanted) {
    points.pass("before a change is judged");
    Change change = provisioner.change(current, wanted);
    points.pass("after a change is judged");
    return change;
  }

  @Override
  public Provisioned<O> update(Known<S, O> current, S wanted, Attempt attempt) throws Exception {
    return call("update", attempt, it -> provisioner.update(current, wanted, it));
  }

  @Override
  public Provisioned<O> poll(String handle, S spec, Attempt attempt) throws Exception {
    return call("poll", attempt, it -> provisioner.poll(handle, spec, it));
  }

  @Override
  public Removed pollRemoval(String handle, Known<S, O> known, Attempt attempt) throws Exception {
    return call("pollRemoval", attempt, it -> provisioner.pollRemoval(handle, known, it));
  }

  @Override
  public Optional<Duration> callTimeout() {
    return provisioner.callTimeout();
  }

  @Override
  public boolean excludesConcurrentCalls() {
    return provisioner.excludesConcurrentCalls();
  }

  @Override
  public int maxConcurrentCalls() {
    return provisioner.maxConcurrentCalls();
  }
}
