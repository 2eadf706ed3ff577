package dev.provisioner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.state.ModelDisk.Call;
import dev.provisioner.state.ModelDisk.Watcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * The process is killed, or the power fails, after every single system call of the store: no
 * acknowledged write is lost, none that was not acknowledged is half there.
 */
final class PowerFailureTest {

  /** A disk at one instant, and what may be found on it. */
  private record Moment(
      String call, ModelDisk disk, Map<DocumentKey, Set<Optional<String>>> possible) {

    void check(ModelDisk left, String how) {
      try {
        ModelHost.checkAllIsWell(left, possible);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(how + " after " + call + ": " + e.getMessage(), e);
      }
    }

    int checkPowerFailures(int atMost) {
      return Choices.forAll(
          atMost, 1, choices -> check(disk.afterPowerFailure(choices), "power failure " + choices));
    }
  }

  @Test
  void aKilledProcessLosesNothingAtAnyCall(TestReporter reporter) {
    List<Moment> moments = moments();
    for (Moment moment : moments) {
      moment.check(moment.disk().copy(), "killed");
    }
    reporter.publishEntry("kills", "" + moments.size());
    assertThat(moments).hasSizeGreaterThan(150);
  }

  @Test
  void aPowerFailureLosesNothingAtAnyCall(TestReporter reporter) {
    int failures = 0;
    for (Moment moment : moments()) {
      failures += moment.checkPowerFailures(24);
    }
    reporter.publishEntry("power failures", "" + failures);
    assertThat(failures).isGreaterThan(1000);
  }

  @Test
  void aPowerFailureAfterAKilledProcessLosesNothingThatTheNextOneSaw(TestReporter reporter) {
    int failures = 0;
    for (Moment killed : moments()) {
      List<Moment> moments = new ArrayList<>();
      ModelDisk disk = killed.disk().copy();
      ModelHost next = ModelHost.after(disk, killed.possible(), false);
      disk.watch(noting(killed.call() + ", then ", disk, next, moments));
      next.open();
      next.due(ModelHost.LATER);
      next.put("acme", "by the next process", null);
      next.close();
      for (Moment moment : moments) {
        failures += moment.checkPowerFailures(2);
      }
    }
    reporter.publishEntry("power failures after kills", "" + failures);
    assertThat(failures).isGreaterThan(1000);
  }

  /** Returns every instant after a call of a life that changed the disk. */
  private static List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    ModelDisk disk = new ModelDisk();
    ModelHost host = new ModelHost(disk);
    disk.watch(noting("", disk, host, moments));
    host.liveThroughAll();
    return moments;
  }

  private static Watcher noting(
      String prefix, ModelDisk disk, ModelHost host, List<Moment> moments) {
    return new Watcher() {
      @Override
      public void after(Call call, String path) {
        String name = prefix + "call " + moments.size() + ", " + call + " " + path;
        moments.add(new Moment(name, disk.copy(), host.possible()));
      }
    };
  }
}
