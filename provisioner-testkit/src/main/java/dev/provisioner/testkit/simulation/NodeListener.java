package dev.provisioner.testkit.simulation;

import dev.provisioner.event.DurableListener;
import dev.provisioner.event.ProvisioningEvent;
import java.io.IOException;
import java.util.List;

/** One engine's way to a durable listener that outlives it: slow, broken, or cut off by a death. */
final class NodeListener implements DurableListener {
  private final World world;
  private final Node node;
  private final String name;

  NodeListener(World world, Node node, String name) {
    this.world = world;
    this.node = node;
    this.name = name;
  }

  @Override
  public void take(List<ProvisioningEvent> events) throws IOException {
    node.requireAlive();
    Fault fault = world.listenerFault();
    if (fault != Fault.NONE) {
      world.tell(node, ": ", fault, " befalls the listener ", name);
    }
    if (fault == Fault.SLOW) {
      world.meanwhile(node, false);
      node.requireAlive();
    } else if (fault == Fault.CRASH) {
      throw node.crash("before " + name + " has taken events");
    } else if (fault == Fault.LOST) {
      throw new IOException("The listener could not be reached.");
    }
    world.model().taken(name, events);
    if (fault == Fault.CRASH_AFTER) {
      throw node.crash("after " + name + " has taken events");
    } else if (fault == Fault.ANSWER_LOST) {
      throw new IOException("The listener did not answer.");
    } else if (fault == Fault.ANSWER_SLOW) {
      world.meanwhile(node, false);
      node.requireAlive();
    }
  }
}
