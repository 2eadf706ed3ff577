package dev.provisioner.testkit.simulation;

import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The part of the model that follows what exists in the cloud, and judges each change of it. */
final class Things {
  private final Model model;
  private final Map<String, TenantId> hashes = new HashMap<>();
  private final Map<String, List<Thing>> live = new TreeMap<>();
  private final Set<String> disturbed = new HashSet<>();
  private final Set<String> released = new HashSet<>();
  private int refusals;
  private int planted;
  private int changes;

  Things(Model model) {
    this.model = model;
  }

  /** Learns of a tenant, whose things carry only a hash of its id. */
  void know(TenantId tenant) {
    hashes.put(Marker.of("x", tenant, "x", "x", "x").tenant(), tenant);
  }

  private @Nullable TenantId owner(Thing thing) {
    return Marker.parse(thing.marker()).map(marker -> hashes.get(marker.tenant())).orElse(null);
  }

  private boolean isOf(TenantId tenant, Thing thing) {
    return Optional.of(tenant).equals(Optional.ofNullable(owner(thing)));
  }

  private String nonce(Thing thing) {
    return Marker.parse(thing.marker()).map(Marker::nonce).orElse("");
  }

  void created(Thing made) {
    changes++;
    String nonce = nonce(made);
    TenantId tenant = owner(made);
    model.tell("the cloud has ", made);
    model.require(
        Rule.RECORDED,
        tenant != null && model.doc(tenant).entry(nonce) != null,
        made,
        " was created without a recorded intent");
    List<Thing> things = live.computeIfAbsent(nonce, key -> new ArrayList<>());
    model.require(Rule.EXISTS_ONCE, things.isEmpty(), made, " was created beside ", things);
    things.add(made);
    disturbed.remove(nonce);
  }

  void updated(Thing before, Thing after) {
    changes++;
    model.tell("the cloud has ", after);
    model.require(Rule.OURS_ONLY, !before.planted(), before, " was changed");
    String nonce = nonce(before);
    live.getOrDefault(nonce, new ArrayList<>())
        .replaceAll(each -> each.id().equals(after.id()) ? after : each);
    disturbed.remove(nonce);
  }

  void deleted(Thing gone) {
    changes++;
    model.tell("the cloud has no more ", gone);
    model.require(Rule.OURS_ONLY, !gone.planted(), gone, " was removed");
    String nonce = nonce(gone);
    model.require(
        Rule.OURS_ONLY, !released.contains(nonce), gone, " was to be kept, and was removed");
    forget(nonce, gone);
    TenantId tenant = owner(gone);
    if (tenant != null) {
      inOrder(model.doc(tenant), nonce, gone);
    }
  }

  private void forget(String nonce, Thing gone) {
    List<Thing> things = live.getOrDefault(nonce, new ArrayList<>());
    things.removeIf(each -> each.id().equals(gone.id()));
    if (things.isEmpty()) {
      live.remove(nonce);
    }
  }

  /** What depends on it is gone before it, in a removal; but for circles and what is kept. */
  private void inOrder(Doc doc, String nonce, Thing gone) {
    Doc.Entry removed = doc.entry(nonce);
    if (removed == null || doc.runKind().equals("PROVISION")) {
      return;
    }
    Set<String> below = dependencies(doc, removed.step());
    for (Doc.Entry other : doc.entries()) {
      boolean goes =
          other.leaving().equals("DELETE")
              || (other.leaving().equals("RETAIN") && doc.runKind().equals("PURGE"));
      if (goes
          && other.dependsOn().contains(removed.step())
          && !below.contains(other.step())
          && !disturbed.contains(other.nonce())) {
        model.require(
            Rule.ORDER,
            !live.containsKey(other.nonce()),
            gone,
            " was removed before ",
            other.step());
      }
    }
  }

  private static Set<String> dependencies(Doc doc, String step) {
    Set<String> all = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(List.of(step));
    while (!open.isEmpty()) {
      String next = open.remove(0);
      for (Doc.Entry entry : doc.entries()) {
        if (entry.step().equals(next)) {
          entry.dependsOn().stream().filter(all::add).forEach(open::add);
        }
      }
    }
    return all;
  }

  /** Somebody else has changed or removed a thing. */
  void disturbed(Thing thing, boolean gone) {
    String nonce = nonce(thing);
    if (thing.planted()) {
      return;
    }
    disturbed.add(nonce);
    if (gone) {
      forget(nonce, thing);
    }
  }

  boolean released(Thing thing) {
    return released.contains(nonce(thing));
  }

  void planted() {
    planted++;
  }

  void refused() {
    refusals++;
  }

  int changes() {
    return changes;
  }

  /** Returns what exists with this nonce. */
  List<Thing> live(String nonce) {
    return live.getOrDefault(nonce, List.of());
  }

  /** Whether somebody else has changed or removed it since the engines last did. */
  boolean disturbed(String nonce) {
    return disturbed.contains(nonce);
  }

  /** Whether the cloud has ever refused something for good, or something was in the way. */
  boolean obstructed() {
    return refusals > 0 || blocked();
  }

  /** Whether something that is not ours may be in the way. */
  boolean blocked() {
    return planted > 0 || !released.isEmpty();
  }

  List<Thing> ours(TenantId tenant) {
    List<Thing> ours = new ArrayList<>();
    live.forEach(
        (nonce, things) -> {
          if (isOf(tenant, things.get(0)) && !released.contains(nonce)) {
            ours.addAll(things);
          }
        });
    return ours;
  }

  /** Requires that a write leaves nothing out that exists. */
  void requireRecorded(TenantId tenant, Doc before, Doc after) {
    for (Map.Entry<String, List<Thing>> each : live.entrySet()) {
      String nonce = each.getKey();
      if (!isOf(tenant, each.getValue().get(0)) || released.contains(nonce)) {
        continue;
      }
      if (after.entry(nonce) == null) {
        Doc.Entry known = before.entry(nonce);
        boolean kept = known != null && known.leaving().equals("KEEP");
        model.require(
            Rule.RECORDED,
            kept && after.runKind().equals("PURGE"),
            each.getValue(),
            " is not recorded any more");
        released.add(nonce);
      }
    }
  }
}
