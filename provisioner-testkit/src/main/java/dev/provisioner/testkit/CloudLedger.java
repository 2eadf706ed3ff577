package dev.provisioner.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What exists in a {@link FakeCloud} and all that ever happened there. Thread-safe. */
final class CloudLedger {
  private final int hiddenReads;
  private final Map<String, CloudResource> live = new TreeMap<>();
  private final Map<String, Integer> hidden = new HashMap<>();
  private final Set<String> planted = new HashSet<>();
  private final List<CloudCall> calls = new ArrayList<>();
  private final Map<String, Integer> occurrences = new HashMap<>();
  private final List<CloudEffect> effects = new ArrayList<>();
  private long lastId;

  CloudLedger(int hiddenReads) {
    this.hiddenReads = hiddenReads;
  }

  synchronized CloudCall record(CloudOperation operation, String name) {
    int occurrence = occurrences.merge(operation + " " + name, 1, Integer::sum);
    CloudCall call = new CloudCall(calls.size() + 1L, operation, name, occurrence);
    calls.add(call);
    return call;
  }

  synchronized @Nullable CloudResource get(String name) {
    CloudResource found = live.get(name);
    return found == null || stillHidden(name) ? null : found;
  }

  synchronized List<CloudResource> list() {
    return live.values().stream().filter(each -> !stillHidden(each.name())).toList();
  }

  private boolean stillHidden(String name) {
    int left = hidden.getOrDefault(name, 0);
    hidden.put(name, Math.max(0, left - 1));
    return left > 0;
  }

  synchronized CloudResource create(
      CloudCall call,
      String kind,
      @Nullable String marker,
      Map<String, String> attributes,
      boolean half) {
    String name = call.name();
    if (live.containsKey(name)) {
      throw new NameTakenException(name);
    }
    Map<String, String> written = half ? firstHalf(attributes) : attributes;
    CloudResource made = new CloudResource(kind, name, marker, written, nextId());
    live.put(name, made);
    hidden.put(name, hiddenReads);
    effects.add(new CloudEffect(call, null, made));
    return made;
  }

  synchronized CloudResource update(
      CloudCall call, String id, Map<String, String> attributes, boolean half) {
    CloudResource before = live.get(call.name());
    if (before == null || !before.id().equals(id)) {
      throw new NoSuchResourceException(call.name(), id);
    }
    Map<String, String> written = new HashMap<>(attributes);
    if (half) {
      written = new HashMap<>(before.attributes());
      written.putAll(firstHalf(attributes));
    }
    CloudResource after = before.with(written);
    if (!after.equals(before)) {
      live.put(after.name(), after);
      effects.add(new CloudEffect(call, before, after));
    }
    return after;
  }

  synchronized void delete(CloudCall call, String id) {
    CloudResource before = live.get(call.name());
    if (before != null && before.id().equals(id)) {
      live.remove(call.name());
      effects.add(new CloudEffect(call, before, null));
    }
  }

  synchronized CloudResource plant(
      String kind, String name, @Nullable String marker, Map<String, String> attributes) {
    if (live.containsKey(name)) {
      throw new NameTakenException(name);
    }
    CloudResource made = new CloudResource(kind, name, marker, attributes, nextId());
    live.put(name, made);
    planted.add(made.id());
    return made;
  }

  synchronized void alter(String name, Map<String, String> attributes) {
    live.put(name, expect(name).with(attributes));
  }

  synchronized void lose(String name) {
    live.remove(expect(name).name());
  }

  private CloudResource expect(String name) {
    CloudResource found = live.get(name);
    if (found == null) {
      throw new IllegalArgumentException("Nothing named '" + name + "' is in the cloud.");
    }
    return found;
  }

  synchronized List<CloudResource> existing() {
    return List.copyOf(live.values());
  }

  synchronized List<CloudCall> calls() {
    return List.copyOf(calls);
  }

  synchronized List<CloudEffect> effects() {
    return List.copyOf(effects);
  }

  synchronized Set<String> plantedIds() {
    return Set.copyOf(planted);
  }

  private String nextId() {
    return "id-" + ++lastId;
  }

  private static Map<String, String> firstHalf(Map<String, String> attributes) {
    Map<String, String> half = new TreeMap<>(attributes);
    attributes.keySet().stream().sorted().skip(attributes.size() / 2).forEach(half::remove);
    return half;
  }
}
