package dev.provisioner.testkit.simulation;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One engine's way to the store: slow, broken, or cut off by the death of its process. */
final class NodeStore implements StateStore {
  private final World world;
  private final Node node;
  private final StateStore store;

  NodeStore(World world, Node node, StateStore store) {
    this.world = world;
    this.node = node;
    this.store = store;
  }

  private Fault begin(String what) {
    node.requireAlive();
    world.countStoreCall();
    Fault fault = world.storeFault(node);
    if (fault != Fault.NONE) {
      world.tell(node, ": ", fault, " befalls the store's ", what);
    }
    if (fault == Fault.SLOW) {
      world.meanwhile(node, true);
      node.requireAlive();
    } else if (fault == Fault.CRASH) {
      throw node.crash("before the store's " + what);
    } else if (fault == Fault.LOST) {
      throw noAnswer();
    }
    return fault;
  }

  private void end(Fault fault, String what) {
    if (fault == Fault.CRASH_AFTER) {
      throw node.crash("after the store's " + what);
    } else if (fault == Fault.ANSWER_LOST) {
      throw noAnswer();
    } else if (fault == Fault.ANSWER_SLOW) {
      world.meanwhile(node, true);
      node.requireAlive();
    }
  }

  private static StateStoreException noAnswer() {
    return new StateStoreException("The store did not answer.");
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    Fault fault = begin("read");
    Optional<Versioned> read = store.read(key);
    world.model().read(key, read);
    end(fault, "read");
    return read;
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    Fault fault = begin("write");
    Optional<String> written = store.write(key, expected, document);
    world.model().written(node, key, expected, document, written);
    end(fault, "write");
    return written;
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    Fault fault = begin("due");
    List<Listed> due = store.due(installation, until, limit);
    end(fault, "due");
    return due;
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    node.requireAlive();
    return store.list(query, cursor, limit);
  }

  @Override
  public AutoCloseable announce(String engineId) {
    node.announced(engineId);
    return () -> {};
  }

  @Override
  public boolean certainlyDead(String engineId) {
    return store.certainlyDead(engineId) || world.knownDead(engineId);
  }

  @Override
  public void close() {}
}
