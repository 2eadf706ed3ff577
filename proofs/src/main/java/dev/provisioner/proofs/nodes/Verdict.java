package dev.provisioner.proofs.nodes;

import dev.provisioner.jdbc.queue.Job.Kind;
import dev.provisioner.proofs.Backend;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares what was asked with how the jobs ended, and with what the backend has and saw. */
final class Verdict {
  private final Backend backend;
  private final Map<String, List<String>> ends = new HashMap<>(); // by job
  private final Map<String, String> runs = new HashMap<>(); // by job, "null" if none began
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private int cancelledUnderWay;

  Verdict(Database database, Backend backend) throws SQLException {
    this.backend = backend;
    for (List<String> row : database.rows("SELECT job, status FROM witness_end")) {
      ends.computeIfAbsent(row.get(0), job -> new ArrayList<>()).add(row.get(1));
    }
    for (List<String> row : database.rows("SELECT id, run, status, message FROM provisioner_job")) {
      runs.put(row.get(0), row.get(1));
      counts.merge(row.get(2), 1, Integer::sum);
      if (row.get(2).equals("FAILED")) {
        faults.add("Job " + row.get(0) + " failed: " + row.get(3));
      }
    }
    List<String> recurring =
        database.rows("SELECT task_name FROM provisioner_task ORDER BY task_name").stream()
            .map(row -> row.get(0))
            .toList();
    if (!recurring.equals(
        List.of("housekeeping:" + Node.INSTALLATION, "sweep:" + Node.INSTALLATION))) {
      faults.add("The scheduler's table holds " + recurring);
    }
  }

  List<String> faults(List<Script> scripts) {
    Map<String, Map<String, String>> standing = backend.standing();
    Map<String, List<String>> order = order();
    int jobs = 0;
    for (Script script : scripts) {
      script.jobs().forEach(this::requireEndedOnce);
      Map<String, String> there = standing.getOrDefault(script.tenant(), Map.of());
      if (!there.equals(wanted(script))) {
        faults.add(script + " has " + there);
      }
      requireInOrder(script, order.getOrDefault(script.tenant(), List.of()));
      jobs += script.jobs().size();
    }
    if (jobs != runs.size()) {
      faults.add(jobs + " jobs were submitted, and the queue knows " + runs.size());
    }
    return faults;
  }

  private void requireEndedOnce(Order order) {
    List<String> end = ends.getOrDefault(order.id(), List.of());
    boolean cancelled = order.isCancelled() && end.equals(List.of("CANCELLED"));
    cancelledUnderWay += cancelled && !"null".equals(runs.get(order.id())) ? 1 : 0;
    if (!cancelled && !end.equals(List.of("SUCCEEDED"))) {
      faults.add(order + " ended " + end);
    }
  }

  /** Returns what a tenant has at the end. What a cancelled job left, the next one sets right. */
  private static Map<String, String> wanted(Script script) {
    Map<String, String> wanted = Map.of();
    for (Order order : script.orders()) {
      wanted = after(order, wanted);
    }
    return wanted;
  }

  private static Map<String, String> after(Order order, Map<String, String> before) {
    if (order.kind() == Kind.PROVISION) {
      return Diamond.rows(order.value());
    }
    return order.kind() == Kind.DEPROVISION
        ? Map.of("last", String.valueOf(before.get("last")))
        : Map.of();
  }

  /** Returns the runs that had effects, by tenant, in the order of their first. */
  private Map<String, List<String>> order() {
    Map<String, List<String>> order = new HashMap<>();
    for (Backend.Effect effect : backend.history()) {
      List<String> runsOfTenant =
          order.computeIfAbsent(effect.tenant(), tenant -> new ArrayList<>());
      if (!runsOfTenant.contains(effect.run())) {
        runsOfTenant.add(effect.run());
      }
    }
    return order;
  }

  /** A job's run has the job's id. An engine that was asked directly chose one, for the first. */
  private void requireInOrder(Script script, List<String> took) {
    List<String> wanted = new ArrayList<>(script.orders().stream().map(Order::id).toList());
    if (script.way() == Script.Way.DIRECT && !took.isEmpty()) {
      wanted.set(0, took.get(0));
    }
    wanted.retainAll(took);
    if (!wanted.equals(took)) {
      faults.add(script + " took effect in the order " + took);
    }
  }

  @Override
  public String toString() {
    return "jobs %s, each ended once; %d were cancelled under way"
        .formatted(counts, cancelledUnderWay);
  }
}
