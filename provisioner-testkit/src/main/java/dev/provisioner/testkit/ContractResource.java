package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** One resource of one tenant in a contract test, driven as an engine would; removed at the end. */
final class ContractResource<S, O> implements AutoCloseable {
  private final Provisioner<S, O> provisioner;
  private final Duration patience;
  private TestAttempt attempt;
  private S spec;

  ContractResource(Provisioner<S, O> provisioner, S spec, TestAttempt attempt, Duration patience) {
    this.provisioner = provisioner;
    this.spec = spec;
    this.attempt = attempt;
    this.patience = patience;
  }

  S spec() {
    return spec;
  }

  /** Returns a fresh attempt, as an engine in another process would give. */
  TestAttempt attempt() {
    attempt = attempt.next();
    return attempt;
  }

  /** Returns somebody else's claim to the same name; closing it removes what it made. */
  ContractResource<S, O> claimedBy(TestAttempt other) {
    return new ContractResource<>(provisioner, spec, other, patience);
  }

  Found<O> find() throws Exception {
    return provisioner.find(Known.begun(spec), attempt());
  }

  Found<O> find(O output) throws Exception {
    return provisioner.find(Known.made(spec, output), attempt());
  }

  O provision() throws Exception {
    return finish(provisioner.provision(spec, attempt()));
  }

  O update(O output, S wanted) throws Exception {
    Known<S, O> current = Known.made(spec, output);
    spec = wanted;
    return finish(provisioner.update(current, wanted, attempt()));
  }

  O finish(Provisioned<O> begun) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    Provisioned<O> now = begun;
    while (now instanceof Provisioned.Pending<O> pending) {
      await(pending.pollAfter(), end, pending.waitingFor());
      now = provisioner.poll(pending.handle(), spec, attempt());
    }
    return ((Provisioned.Done<O>) now).output();
  }

  void deprovision(Known<S, O> known) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    Removed now = provisioner.deprovision(known, attempt());
    while (now instanceof Removed.Pending pending) {
      await(pending.pollAfter(), end, pending.waitingFor());
      now = provisioner.pollRemoval(pending.handle(), known, attempt());
    }
  }

  private static void await(Duration time, long end, String waitingFor)
      throws InterruptedException {
    if (System.nanoTime() + time.toNanos() > end) {
      fail("Still pending when patience() ran out; it waits for: %s", waitingFor);
    }
    Thread.sleep(time.toMillis());
  }

  /** Calls provision where it must not succeed; what is begun is followed to its end. */
  void provisionWhereItMustFail() throws Exception {
    O output;
    try {
      output = provision();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception expected) {
      return; // how it refuses is its own affair; what stands now is checked next
    }
    fail("provision() answered that this is ours, though it is not: %s", output.getClass());
  }

  /** Calls provision where it may succeed or say "look again", but not give up. */
  void provisionAgain() throws Exception {
    try {
      provision();
    } catch (TransientException | AmbiguousException | IOException | TimeoutException expected) {
      return; // an engine now asks find(), as the caller does next
    }
  }

  /** Calls deprovision where it must not remove anything; it may refuse. */
  void deprovisionWhereItMustNot(Known<S, O> known) throws Exception {
    try {
      deprovision(known);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception expected) {
      return; // what stands now is checked next
    }
  }

  O requireOurs(O expected) throws Exception {
    O found = requireOurs(find(expected));
    assertThat(found).as("what find() reads, compared with what was made").isEqualTo(expected);
    return found;
  }

  static <O> O requireOurs(Found<O> found) {
    if (found instanceof Found.Ours<O> ours) {
      return ours.output();
    }
    return fail("find() must answer ours, but it answered %s", describe(found));
  }

  void requireAbsent() throws Exception {
    Found<O> found = find();
    assertThat(found).as(describe(found)).isInstanceOf(Found.Absent.class);
  }

  /** Names the answer without what it holds: an output may hold secrets. */
  static String describe(Found<?> found) {
    if (found instanceof Found.Incomplete<?> incomplete) {
      return "incomplete: " + incomplete.differences();
    }
    return found instanceof Found.Ours<?> ? "ours" : found.toString();
  }

  /** Removes the resource if it is still there and ours. */
  @Override
  public void close() throws Exception {
    Found<O> found = find();
    if (found instanceof Found.Ours<O> ours) {
      deprovision(Known.made(spec, ours.output()));
    } else if (found instanceof Found.Incomplete<O>) {
      deprovision(Known.begun(spec));
    }
  }
}
