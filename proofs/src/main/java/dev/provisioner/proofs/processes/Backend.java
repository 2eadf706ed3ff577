package dev.provisioner.proofs.processes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A backend that knows nothing of the library and watches what is done to it. Each of these is a
 * fault: a second creation under a marker or a name, a change under another marker, an effect that
 * a run has had before, an effect of a run after that of a later one. Thread-safe.
 */
final class Backend {
  private record Row(String id, String marker, String value) {}

  private final Map<String, Row> rows = new HashMap<>();
  private final Set<String> markers = new HashSet<>();
  private final Set<String> effects = new HashSet<>();
  private final Map<String, String> runs = new HashMap<>();
  private final Set<String> pastRuns = new HashSet<>();
  private final List<String> faults = new ArrayList<>();
  private long late;

  synchronized List<String> get(String name) {
    Row row = rows.get(name);
    return row == null ? List.of("absent") : List.of("row", row.id(), row.marker(), row.value());
  }

  /** Changes something: verb, name, marker, id, value, tenant, run, step, deadline. */
  synchronized List<String> change(List<String> call) {
    String verb = call.get(0);
    String name = call.get(1);
    String marker = call.get(2);
    if (Instant.now().toEpochMilli() > Long.parseLong(call.get(8))) {
      late++;
      return List.of("late");
    }
    Row there = rows.get(name);
    if (verb.equals("CREATE")) {
      if (there != null || !markers.add(marker)) {
        return fault("made twice", call);
      }
      String id = "id-" + markers.size();
      rows.put(name, new Row(id, marker, call.get(4)));
      return effect(id, call);
    }
    if (there == null && verb.equals("DELETE")) {
      return List.of("ok", call.get(3));
    }
    if (there == null || !there.marker().equals(marker) || !there.id().equals(call.get(3))) {
      return fault("changed what is not its own", call);
    }
    if (verb.equals("DELETE")) {
      rows.remove(name);
    } else if (there.value().equals(call.get(4))) {
      return List.of("ok", there.id());
    } else {
      rows.put(name, new Row(there.id(), marker, call.get(4)));
    }
    return effect(there.id(), call);
  }

  private List<String> effect(String id, List<String> call) {
    String tenant = call.get(5);
    String run = call.get(6);
    if (!effects.add(call.get(0) + " " + run + " " + call.get(7))) {
      return fault("had the same effect twice", call);
    }
    if (pastRuns.contains(run)) {
      return fault("acted after a later run", call);
    }
    String before = runs.put(tenant, run);
    if (before != null && !before.equals(run)) {
      pastRuns.add(before);
    }
    return List.of("ok", id);
  }

  private List<String> fault(String what, List<String> call) {
    faults.add("A call " + what + ": " + call);
    return List.of("fault");
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized long effects() {
    return effects.size();
  }

  /** Returns how many calls came after their deadline and were refused. */
  synchronized long late() {
    return late;
  }

  /** Returns what is there: the value by id. */
  synchronized Map<String, String> rows() {
    Map<String, String> all = new TreeMap<>();
    rows.values().forEach(row -> all.put(row.id(), row.value()));
    return all;
  }
}
