package dev.provisioner.proofs.processes;

import dev.provisioner.proofs.Backend;
import dev.provisioner.proofs.WireServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Answers the workers: requests, and the backend's calls. */
final class Referee implements AutoCloseable {
  private static final long CALL_MILLIS = 20;

  private final Backend backend;
  private final Requests requests;
  private final WireServer server;
  private final Map<String, Set<String>> lost = new ConcurrentHashMap<>();
  private final Map<String, String> engines = new ConcurrentHashMap<>();

  Referee(Backend backend, Requests requests) throws IOException {
    this.backend = backend;
    this.requests = requests;
    this.server = new WireServer(this::answer);
  }

  int port() {
    return server.port();
  }

  /** Returns the tenants whose lease a worker said it had lost. */
  Set<String> lost(String worker) {
    return lost.computeIfAbsent(worker, name -> ConcurrentHashMap.newKeySet());
  }

  /** Returns the id of a worker's engine, or nothing yet. */
  String engine(String worker) {
    return engines.getOrDefault(worker, "");
  }

  private List<String> answer(List<String> call) throws InterruptedException {
    return switch (call.get(0)) {
      case "GET" -> backend.get(call.get(1));
      case "CREATE", "UPDATE", "DELETE" -> {
        Thread.sleep(CALL_MILLIS); // so that there is something to be stopped in
        yield backend.change(call);
      }
      case "NEXT" -> next(call.get(1));
      default -> {
        hear(call);
        yield List.of("ok");
      }
    };
  }

  private void hear(List<String> call) {
    String worker = call.get(1);
    switch (call.get(0)) {
      case "ENGINE" -> engines.put(worker, call.get(2));
      case "LOST" -> lost(worker).add(call.get(2));
      case "BEGUN" -> requests.begun(number(call), call.get(3));
      case "SUCCEEDED" -> requests.succeeded(worker, number(call));
      case "NOT" -> requests.failed(call.get(2), call.get(4));
      case "THREW" -> requests.threw(worker, number(call), call.get(3));
      default -> throw new IllegalArgumentException("Not a call: " + call);
    }
  }

  private static int number(List<String> call) {
    return Integer.parseInt(call.get(2));
  }

  private List<String> next(String worker) throws InterruptedException {
    Requests.Request next = requests.next(worker);
    if (next == null) {
      return List.of(requests.done() ? "END" : "WAIT");
    }
    next.together.countDown();
    next.together.await(100, TimeUnit.MILLISECONDS);
    return List.of(next.verb, Integer.toString(next.number), next.tenant, next.value());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
