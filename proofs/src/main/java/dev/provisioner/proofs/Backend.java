package dev.provisioner.proofs;

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
public final class Backend {
  private record Row(String id, String marker, String value, String tenant, String step) {}

  /** Something that was made, changed or removed: by which process, in which attempt. */
  public record Effect(
      String verb,
      String tenant,
      String step,
      String run,
      String value,
      String who,
      String attempt) {}

  private final Map<String, Row> rows = new HashMap<>();
  private final Set<String> markers = new HashSet<>();
  private final Set<String> effects = new HashSet<>();
  private final List<Effect> history = new ArrayList<>();
  private final Map<String, String> runs = new HashMap<>();
  private final Set<String> pastRuns = new HashSet<>();
  private final List<String> faults = new ArrayList<>();
  private long late;

  /** Returns what has this name. */
  public synchronized List<String> get(String name) {
    Row row = rows.get(name);
    return row == null ? List.of("absent") : List.of("row", row.id(), row.marker(), row.value());
  }

  /**
   * Changes something: verb, name, marker, id, value, tenant, run, step, deadline, the process, the
   * attempt.
   */
  public synchronized List<String> change(List<String> call) {
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
      rows.put(name, new Row(id, marker, call.get(4), call.get(5), call.get(7)));
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
      rows.put(name, new Row(there.id(), marker, call.get(4), there.tenant(), there.step()));
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
    history.add(
        new Effect(call.get(0), tenant, call.get(7), run, call.get(4), call.get(9), call.get(10)));
    return List.of("ok", id);
  }

  private List<String> fault(String what, List<String> call) {
    faults.add("A call " + what + ": " + call);
    return List.of("fault");
  }

  /** Returns what must not have been done. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** Returns how many effects there were. */
  public synchronized long effects() {
    return effects.size();
  }

  /** Returns how many calls came after their deadline and were refused. */
  public synchronized long late() {
    return late;
  }

  /** Returns all effects in their order. */
  public synchronized List<Effect> history() {
    return List.copyOf(history);
  }

  /** Returns what a tenant has: the value by step. */
  public synchronized Map<String, Map<String, String>> standing() {
    Map<String, Map<String, String>> standing = new TreeMap<>();
    rows.values()
        .forEach(
            row ->
                standing
                    .computeIfAbsent(row.tenant(), tenant -> new TreeMap<>())
                    .put(row.step(), row.value()));
    return standing;
  }

  /** Returns what is there: the value by id. */
  public synchronized Map<String, String> rows() {
    Map<String, String> all = new TreeMap<>();
    rows.values().forEach(row -> all.put(row.id(), row.value()));
    return all;
  }
}
