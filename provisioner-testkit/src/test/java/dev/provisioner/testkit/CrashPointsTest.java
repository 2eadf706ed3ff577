package dev.provisioner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CrashPointsTest {
  private static final DocumentKey ACME =
      new DocumentKey("shop-eu", "onboarding", TenantId.of("acme"));

  @Test
  void everyMethodOfAProvisionerIsPassedOn() throws Exception {
    for (Method method : Provisioner.class.getMethods()) {
      if (!method.getName().equals("as")) {
        assertThat(
                CrashingProvisioner.class
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass())
            .as(method.getName())
            .isEqualTo(CrashingProvisioner.class);
      }
    }
  }

  @Test
  void aCrashEndsTheStoreViewAndItsAnnouncements() {
    StateStore shared = MemoryStateStore.create();
    CrashPoints points = CrashPoints.at(1);
    StateStore view = points.store(shared);
    view.announce("one");
    assertThatThrownBy(() -> view.write(ACME, "revision", null))
        .isInstanceOf(SimulatedCrash.class)
        .hasMessage("at point 1, before a write of shop-eu/onboarding/acme");
    assertThatThrownBy(() -> view.read(ACME)).isInstanceOf(SimulatedCrash.class);
    assertThat(shared.certainlyDead("one")).isTrue();
    assertThat(points.crashed()).isTrue();
    assertThat(points.passed()).isEqualTo(1);
  }

  @Test
  void pointsAreCountedFromOne() {
    assertThatThrownBy(() -> CrashPoints.at(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Points are counted from 1; there is no point 0.");
  }

  @Test
  void manualThreadsRunInOrderAndTimersWhenTheirTimeHasCome() {
    SettableClock clock = SettableClock.create();
    ManualThreads threads = ManualThreads.on(clock);
    List<String> ran = new ArrayList<>();
    threads.after(Duration.ofSeconds(2), () -> ran.add("later"));
    threads.after(Duration.ofSeconds(1), () -> ran.add("never")).cancel();
    threads.drive(() -> ran.add("drive"));
    threads.call(() -> ran.add("call"));
    assertThat(ran).isEmpty();
    threads.runReady();
    assertThat(ran).containsExactly("drive", "call");
    assertThat(threads.untilNextTimer()).contains(Duration.ofSeconds(2));
    threads.runFor(Duration.ofSeconds(3));
    assertThat(ran).containsExactly("drive", "call", "later");
    assertThatThrownBy(() -> threads.runUntil(() -> false, Duration.ofSeconds(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("Nothing is left to run, nor to wait for.");
    threads.drop();
    threads.drive(() -> ran.add("dropped"));
    assertThat(threads.runNext()).isFalse();
  }
}
