package dev.provisioner.proofs.processes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the workers, and what became of it. A tenant gets its next request when the last
 * one has been answered, except that half of the requests are made by two processes at the same
 * moment, and that two processes now and then ask for different things at the same moment. What a
 * process was asked when it died is asked again. Thread-safe.
 */
final class Requests {
  private static final int TRIES = 100;

  /** A request: made by one process or by several, answered by each. */
  static final class Request {
    final int number;
    final String verb;
    final String tenant;
    final boolean contested;
    final CountDownLatch together;
    private final Set<String> runs = new HashSet<>();
    private int unanswered;
    private int tries;

    private Request(int number, String verb, Tenant tenant, CountDownLatch together, int copies) {
      this.number = number;
      this.verb = verb;
      this.tenant = tenant.name;
      this.contested = copies == 1 && together.getCount() > 1;
      this.together = together;
      this.unanswered = copies;
    }

    String value() {
      return "value-" + number;
    }
  }

  private static final class Tenant {
    final String name;
    String stands = "GONE";
    final Set<String> values = new HashSet<>();
    int open;

    Tenant(String name) {
      this.name = name;
    }
  }

  private final int wanted;
  private final Random random;
  private final List<Deque<Request>> queues = new ArrayList<>();
  private final Map<String, Tenant> tenants = new TreeMap<>();
  private final List<Tenant> idle = new ArrayList<>();
  private final Map<Integer, Request> requests = new HashMap<>();
  private final Map<String, Set<Integer>> working = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Integer> threw = new TreeMap<>();
  private boolean extended = true;
  private int open;
  private int asked;
  private int shared;
  private int contested;
  private int askedAgain;

  Requests(int wanted, int processes, int tenants, long seed) {
    this.wanted = wanted;
    this.random = new Random(seed);
    for (int i = 0; i < processes; i++) {
      queues.add(new ArrayDeque<>());
    }
    for (int i = 0; i < tenants; i++) {
      Tenant tenant = new Tenant("tenant-" + i);
      this.tenants.put(tenant.name, tenant);
      idle.add(tenant);
    }
  }

  /** Says that no more than what is wanted need be asked. */
  synchronized void enough() {
    extended = false;
  }

  /** Returns whether everything was asked and answered. */
  synchronized boolean done() {
    return !more() && open == 0;
  }

  private boolean more() {
    return extended || asked < wanted;
  }

  /** Tells of a process that serves from now on in place of its predecessor. */
  synchronized void began(String worker) {
    working.put(worker, new HashSet<>());
  }

  /** Has what a process had not answered asked again. */
  synchronized void died(String worker) {
    Set<Integer> left = working.remove(worker);
    for (int number : left == null ? Set.<Integer>of() : left) {
      queues.get(place(worker)).addFirst(request(number));
      askedAgain++;
    }
  }

  /** Returns the next request for a process, or null if there is none now. */
  synchronized @Nullable Request next(String worker) {
    Set<Integer> own = working.get(worker);
    if (own == null) {
      return null; // it is dead
    }
    Deque<Request> queue = queues.get(place(worker));
    if (queue.isEmpty() && more() && !idle.isEmpty()) {
      ask(place(worker));
    }
    Request next = queue.poll();
    if (next != null) {
      own.add(next.number);
    }
    return next;
  }

  private void ask(int place) {
    Tenant tenant = idle.remove(random.nextInt(idle.size()));
    int other = (place + 1 + random.nextInt(queues.size() - 1)) % queues.size();
    int chance = random.nextInt(100);
    String verb = verb(tenant);
    CountDownLatch both = new CountDownLatch(2);
    if (chance < 50) {
      Request request = add(verb, tenant, both, 2);
      queues.get(place).add(request);
      queues.get(other).add(request);
      shared++;
    } else if (chance < 70 && verb.equals("PROVISION")) {
      queues.get(place).add(add(verb, tenant, both, 1));
      queues.get(other).add(add(verb, tenant, both, 1));
      contested += 2;
    } else {
      queues.get(place).add(add(verb, tenant, new CountDownLatch(1), 1));
    }
  }

  private String verb(Tenant tenant) {
    return switch (tenant.stands) {
      case "RETAINED" -> "PURGE";
      case "ACTIVE" -> random.nextInt(100) < 12 ? "DEPROVISION" : "PROVISION";
      default -> "PROVISION";
    };
  }

  private Request add(String verb, Tenant tenant, CountDownLatch together, int copies) {
    Request request = new Request(++asked, verb, tenant, together, copies);
    requests.put(request.number, request);
    if (tenant.open++ == 0) {
      tenant.values.clear();
    }
    open++;
    if (verb.equals("PROVISION")) {
      tenant.values.add(request.value());
    }
    tenant.stands =
        switch (verb) {
          case "PROVISION" -> "ACTIVE";
          case "DEPROVISION" -> "RETAINED";
          default -> "GONE";
        };
    return request;
  }

  /** A process was told the run of its request. Equal requests have one run. */
  synchronized void begun(int number, String run) {
    Request request = request(number);
    if (request.runs.add(run) && request.runs.size() > 1 && !request.contested) {
      faults.add("Request " + number + " for " + request.tenant + " has runs " + request.runs);
    }
  }

  synchronized void succeeded(String worker, int number) {
    if (!working.getOrDefault(worker, Set.of()).remove(number)) {
      return; // it died meanwhile, and is asked again
    }
    Request request = request(number);
    if (--request.unanswered == 0) {
      open--;
      Tenant tenant = tenant(request);
      if (--tenant.open == 0) {
        idle.add(tenant);
      }
    }
  }

  synchronized void failed(String number, String outcome) {
    faults.add("Request " + number + " has not succeeded: " + outcome);
  }

  /** A process could not be told; it asks again. */
  synchronized void threw(String worker, int number, String exception) {
    threw.merge(exception, 1, Integer::sum);
    Request request = request(number);
    if (working.getOrDefault(worker, Set.of()).remove(number)) {
      queues.get(place(worker)).add(request);
      if (++request.tries == TRIES) {
        faults.add("Request " + number + " was refused " + TRIES + " times: " + exception);
      }
    }
  }

  private Request request(int number) {
    return Objects.requireNonNull(requests.get(number));
  }

  private Tenant tenant(Request request) {
    return Objects.requireNonNull(tenants.get(request.tenant));
  }

  private static int place(String worker) {
    return Integer.parseInt(worker.substring(0, worker.indexOf('-')));
  }

  /** Returns the tenants with a request that is not answered. */
  synchronized List<String> busy() {
    return tenants.values().stream().filter(each -> each.open > 0).map(each -> each.name).toList();
  }

  /** Returns the values a tenant may stand at, by tenant; none if it is gone. */
  synchronized Map<String, Set<String>> expected() {
    Map<String, Set<String>> expected = new TreeMap<>();
    for (Tenant each : tenants.values()) {
      if (!each.values.isEmpty() || !each.stands.equals("GONE")) {
        expected.put(each.name, each.stands.equals("ACTIVE") ? Set.copyOf(each.values) : Set.of());
      }
    }
    return expected;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized int asked() {
    return asked;
  }

  @Override
  public synchronized String toString() {
    return "%,d requests: %,d by two processes at once, %,d against another one; %,d asked again after a death; refused for now: %s"
        .formatted(asked, shared, contested, askedAgain, threw);
  }
}
