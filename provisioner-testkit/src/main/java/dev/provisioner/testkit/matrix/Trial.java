package dev.provisioner.testkit.matrix;

import static dev.provisioner.testkit.CloudFailure.CRASH;

import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.CloudResource;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One operation in a scene of its own, on which engines die until the last one ends it. */
final class Trial {
  private static final Duration AWAKE = Duration.ofSeconds(40);

  private final Operation operation;
  private final Scene scene;
  private final String before;
  private final Set<String> idsBefore = new HashSet<>();
  private final int callsBefore;
  private final List<Node> gone = new ArrayList<>();
  private final List<Node> paused = new ArrayList<>();

  Trial(Operation operation, Parts parts, StateStore store) {
    this.operation = operation;
    this.scene = new Scene(parts, store, Scene.KEY);
    Neighbours.moveInto(scene);
    operation.prepare(scene);
    this.before = scene.run();
    scene.cloud.existing().stream().map(CloudResource::id).forEach(idsBefore::add);
    this.callsBefore = scene.cloud.calls().size();
  }

  /** Lets an engine begin, and come to its end. Returns whether it did: it may have done before. */
  boolean disturb(Death death, int at) {
    scene.store.knowsTheDead(death != Death.SILENT);
    return switch (death) {
      case SILENT, KNOWN -> kill(scene.node(operation, CrashPoints.at(at)));
      case TORN -> {
        scene.cloud.faults().onCall(scene.cloud.calls().size() + at).failDuring(CRASH);
        yield kill(scene.node(operation, CrashPoints.none()));
      }
      case PAUSED -> pause(scene.node(operation, CrashPoints.none()), at);
    };
  }

  private boolean kill(Node node) {
    try {
      go(node);
    } catch (SimulatedCrash expected) {
      // that is what it is for
    }
    boolean killed = node.points.crashed();
    node.die();
    gone.add(node);
    return killed;
  }

  private boolean pause(Node node, int pieces) {
    paused.add(node);
    askFor(node);
    node.workUntil(() -> node.pieces() > pieces || operation.done(scene));
    return !operation.done(scene);
  }

  /** Lets an engine end the work, those that are paused go on, and returns it. */
  Node last() {
    Node node = scene.node(operation, CrashPoints.none());
    go(node);
    paused.forEach(each -> each.threads.runFor(AWAKE));
    node.threads.runReady();
    return node;
  }

  /** Returns how many calls to the cloud there were since the beginning. */
  int calls() {
    return scene.cloud.calls().size() - callsBefore;
  }

  /** Returns what it left, as the engine that ended it sees it. */
  Left left(Node last) {
    List<ProvisioningEvent> told = new ArrayList<>(last.events);
    gone.forEach(each -> told.addAll(each.events));
    paused.forEach(each -> told.addAll(each.events));
    return Left.by(last, idsBefore, told);
  }

  private void go(Node node) {
    askFor(node);
    node.workUntil(() -> operation.done(scene));
    operation.afterwards(node);
    node.threads.runReady();
  }

  private void askFor(Node node) {
    if (!operation.asked(scene, before)) {
      operation.ask(node);
    }
  }
}
