package dev.provisioner.proofs.nodes;

import dev.provisioner.proofs.Backend;
import dev.provisioner.proofs.WireServer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where nodes call: the backend, and what is asked of their engines past the queue. What a node had
 * been asked when it died is asked of another. Thread-safe.
 */
final class Desk implements AutoCloseable {
  private static final long CALL_MILLIS = 20;

  private record Asked(Order order, Runnable then) {}

  private final Backend backend;
  private final WireServer server;
  private final Map<String, Set<String>> lost = new ConcurrentHashMap<>();
  private final Map<String, String> engines = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private final Map<String, Map<String, Asked>> taken = new HashMap<>(); // by node and tenant
  private final List<String> faults = new ArrayList<>();
  private int again;
  private boolean closing;

  Desk(Backend backend) throws IOException {
    this.backend = backend;
    this.server = new WireServer(this::answer);
  }

  int port() {
    return server.port();
  }

  /** Has a node's engine do this; then something else. */
  synchronized void ask(Order order, Runnable then) {
    waiting.add(new Asked(order, then));
  }

  synchronized boolean idle() {
    return waiting.isEmpty() && taken.values().stream().allMatch(Map::isEmpty);
  }

  /** Tells the nodes to end. */
  synchronized void end() {
    closing = true;
  }

  synchronized void died(String node) {
    Map<String, Asked> left = taken.remove(node);
    if (left != null) {
      waiting.addAll(left.values());
      again += left.size();
    }
  }

  /** Returns the tenants whose lease a node said it had lost. */
  Set<String> lost(String node) {
    return lost.computeIfAbsent(node, name -> ConcurrentHashMap.newKeySet());
  }

  /** Returns the id of a node's engine, or nothing yet. */
  String engine(String node) {
    return engines.getOrDefault(node, "");
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** Returns how often an engine was asked again, after a death or an exception. */
  synchronized int again() {
    return again;
  }

  private List<String> answer(List<String> call) throws InterruptedException {
    String node = call.get(1);
    switch (call.get(0)) {
      case "GET" -> {
        return backend.get(call.get(1));
      }
      case "CREATE", "UPDATE", "DELETE" -> {
        Thread.sleep(CALL_MILLIS); // so that there is something to be stopped in
        return backend.change(call);
      }
      case "NEXT" -> {
        return next(node);
      }
      case "ENGINE" -> engines.put(node, call.get(2));
      case "LOST" -> lost(node).add(call.get(2));
      default -> heard(call, node, call.get(2));
    }
    return List.of("ok");
  }

  private synchronized List<String> next(String node) {
    Asked next = closing ? null : waiting.poll();
    if (next == null) {
      return List.of(closing ? "END" : "WAIT");
    }
    Order order = next.order();
    taken.computeIfAbsent(node, name -> new HashMap<>()).put(order.tenant(), next);
    return List.of("PROVISION", order.tenant(), order.value());
  }

  private void heard(List<String> call, String node, String tenant) {
    Asked asked = answered(node, tenant);
    if (asked == null) {
      return; // it has died meanwhile, and another is asked
    }
    switch (call.get(0)) {
      case "DONE" -> asked.then().run();
      case "THREW" -> again(asked);
      case "NOT" -> fault(asked.order() + " did not succeed: " + call.get(3));
      default -> throw new IllegalArgumentException("Not a call: " + call);
    }
  }

  private synchronized @Nullable Asked answered(String node, String tenant) {
    Map<String, Asked> own = taken.get(node);
    return own == null ? null : own.remove(tenant);
  }

  private synchronized void again(Asked asked) {
    waiting.add(asked);
    again++;
  }

  private synchronized void fault(String what) {
    faults.add(what);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
