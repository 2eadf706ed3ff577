package dev.provisioner.testkit.simulation;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.TransientException;
import dev.provisioner.spi.Attempt;
import dev.provisioner.testkit.SimulatedCrash;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * One call of a provisioner, on its way to the cloud and back, as a client that keeps its deadline
 * makes it: a request arrives in time or not at all. While it is on its way the world goes on.
 */
final class Wire implements AutoCloseable {
  private static final long GRACE = Node.GRACE.toMillis();

  final Node node;
  final String nonce;
  final String what;
  private final World world;
  private long until;
  private boolean over;

  Wire(World world, Node node, String what, Attempt attempt) {
    this.world = world;
    this.node = node;
    this.what = what;
    this.nonce = attempt.marker().nonce();
    this.until = world.now() + attempt.remaining().toMillis();
    attempt.onCancel(this::giveUp);
    world.model().callBegins(this, attempt);
  }

  private void giveUp() {
    if (!node.dead()) { // what a dead process has sent is not taken back
      until = Math.min(until, world.now() + GRACE);
    }
  }

  /** Whether a request of this call may still take effect. */
  boolean alive() {
    return !over && !node.knownDead() && world.now() < until;
  }

  /** Sends a request; what goes wrong is chosen. */
  <T> T send(String request, Supplier<T> effect) throws IOException {
    requireTime(request);
    Fault fault = world.wireFault();
    if (fault != Fault.NONE) {
      world.tell(node, ": ", fault, " befalls ", what, " ", request);
    }
    switch (fault) {
      case THROTTLED -> throw new TransientException("The cloud throttles us.");
      case REFUSED -> {
        world.model().things().refused();
        throw new PermanentException("The cloud refuses.");
      }
      case LOST -> throw new IOException("The connection broke.");
      case ANSWER_LOST -> {
        T lost = effect.get();
        throw new IOException("The connection broke, and this was lost: " + lost);
      }
      case CRASH -> throw node.crash("before " + request);
      case CRASH_AFTER -> {
        throw node.crash("after " + request + " gave " + effect.get());
      }
      case SLOW -> {
        world.meanwhile(node, false);
        return arrive(request, effect);
      }
      case ANSWER_SLOW -> {
        T answer = effect.get();
        world.meanwhile(node, false);
        node.requireAlive();
        return answer;
      }
      default -> {
        return effect.get();
      }
    }
  }

  private <T> T arrive(String request, Supplier<T> effect) {
    if (node.dead() && !alive()) {
      throw new SimulatedCrash("before " + request);
    }
    requireTime(request);
    T answer = effect.get();
    node.requireAlive();
    return answer;
  }

  private void requireTime(String request) {
    if (!alive()) {
      world.tell(node, ": ", what, " ", request, " comes too late");
      throw new AmbiguousException("The call was not answered in time.");
    }
  }

  @Override
  public void close() {
    over = true;
    world.model().callEnds(this);
  }
}
