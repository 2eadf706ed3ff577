package dev.provisioner.testkit.matrix;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.ManualThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** One engine with threads and plans of its own, which may die. */
final class Node {
  private static final Duration AT_MOST = Duration.ofHours(1);
  private static final AesGcmCipher CIPHER =
      AesGcmCipher.builder("k", AesGcmCipher.generateKey())
          .fingerprintKey(AesGcmCipher.generateKey())
          .build();

  final Scene scene;
  final CrashPoints points;
  final ManualThreads threads;
  final TenSteps steps;
  final ProvisioningEngine engine;
  final List<ProvisioningEvent> events = new ArrayList<>();
  private int pieces;

  Node(Scene scene, CrashPoints points, long version, OnFailure onFailure, int number) {
    this.scene = scene;
    this.points = points;
    this.threads = ManualThreads.drivingWithinCalls(scene.clock);
    this.steps = new TenSteps(scene, points, version, onFailure);
    this.engine =
        ProvisioningEngine.builder(points.store(scene.parts.store().apply(scene.store)))
            .installation(scene.key.installation())
            .plans(steps.plan)
            .cipher(CIPHER)
            .clock(scene.clock)
            .ticker(scene.clock.ticker())
            .random(new Random(number)) // no two engines choose the same nonces
            .threads(threads)
            .listener(events::add)
            .build();
  }

  void provision(Wish wish) {
    engine.provision(steps.plan, scene.key.tenant(), wish);
  }

  void resume() {
    engine.resume(steps.plan, scene.key.tenant());
  }

  void cancel() {
    engine.cancel(steps.plan, scene.key.tenant());
  }

  void deprovision(Duration retention) {
    engine.deprovision(steps.plan, scene.key.tenant(), retention);
  }

  void purge() {
    engine.purge(steps.plan, scene.key.tenant());
  }

  /** Works until a condition holds. */
  void workUntil(BooleanSupplier condition) {
    threads.runUntil(
        () -> {
          pieces++;
          return condition.getAsBoolean();
        },
        AT_MOST);
  }

  /** Returns how many pieces of work or waiting there were so far. */
  int pieces() {
    return pieces;
  }

  /** Works until no run is under way. */
  void end() {
    workUntil(() -> !scene.underWay());
  }

  /** Ends at once, as a killed process does. */
  void die() {
    points.crash();
    threads.drop();
  }

  void close() {
    try {
      engine.close(Duration.ZERO);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
