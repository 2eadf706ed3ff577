package dev.provisioner.testkit.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What exists in a world. It knows nothing of the library: some names exist once, other things may
 * exist any number of times with one marker. The model sees every change.
 */
final class Cloud {
  private final Things things;
  private final Map<String, Thing> byId = new TreeMap<>();
  private int lastId;

  Cloud(Things things) {
    this.things = things;
  }

  Collection<Thing> all() {
    return List.copyOf(byId.values());
  }

  /** Returns the one of this name, of the sorts whose names exist once. */
  Optional<Thing> named(String name) {
    return byId.values().stream()
        .filter(thing -> Sort.valueOf(thing.kind().toUpperCase(java.util.Locale.ROOT)).unique())
        .filter(thing -> thing.name().equals(name))
        .findFirst();
  }

  List<Thing> marked(String marker) {
    List<Thing> found = new ArrayList<>();
    for (Thing thing : byId.values()) {
      if (marker.equals(thing.marker())) {
        found.add(thing);
      }
    }
    return found;
  }

  /** Creates a thing, unless its name exists once and is taken: then returns nothing. */
  Optional<Thing> create(Sort sort, String name, String marker, Map<String, String> attributes) {
    if (sort.unique() && named(name).isPresent()) {
      return Optional.empty();
    }
    Thing made = new Thing(nextId(), sort.kind(), name, marker, attributes, false);
    byId.put(made.id(), made);
    things.created(made);
    return Optional.of(made);
  }

  /** Gives a thing all these attributes; nothing if there is none of this id. */
  Optional<Thing> update(String id, Map<String, String> attributes) {
    Thing before = byId.get(id);
    if (before == null) {
      return Optional.empty();
    }
    Thing after = before.with(attributes);
    byId.put(id, after);
    things.updated(before, after);
    return Optional.of(after);
  }

  void delete(String id) {
    Thing gone = byId.remove(id);
    if (gone != null) {
      things.deleted(gone);
    }
  }

  // ---- what others do

  void plant(Sort sort, String name, @Nullable String marker) {
    Thing made = new Thing(nextId(), sort.kind(), name, marker, Map.of("theirs", "yes"), true);
    byId.put(made.id(), made);
  }

  void lose(Thing thing) {
    byId.remove(thing.id());
  }

  void alter(Thing thing) {
    Map<String, String> altered = new TreeMap<>(thing.attributes());
    altered.put("value", "drifted");
    byId.put(thing.id(), thing.with(altered));
  }

  private String nextId() {
    return "i" + ++lastId;
  }
}
