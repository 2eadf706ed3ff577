package dev.provisioner.testkit.simulation;

import dev.provisioner.tenant.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The part of the model that judges what stands when a run has ended. */
final class Ends {
  private final Model model;
  private final Things things;

  Ends(Model model, Things things) {
    this.model = model;
    this.things = things;
  }

  /**
   * What stood when a run began.
   *
   * @param clean whether nothing did
   * @param afterSuccess whether it all was as it should be
   * @param things what existed, by nonce
   */
  record Beginning(boolean clean, boolean afterSuccess, Map<String, Thing> things) {}

  Beginning beginning(Doc before) {
    Map<String, Thing> stood = new TreeMap<>();
    boolean disturbed = false;
    for (Doc.Entry entry : before.entries()) {
      boolean changed = things.disturbed(entry.nonce());
      disturbed |= changed;
      if (entry.current() && !changed) {
        things.live(entry.nonce()).forEach(thing -> stood.put(entry.nonce(), thing));
      }
    }
    boolean afterSuccess = before.status().equals("SUCCEEDED") && !disturbed;
    return new Beginning(before.entries().isEmpty(), afterSuccess, stood);
  }

  void judge(TenantId tenant, Beginning began, Doc doc) {
    model.require(
        Rule.FENCED, doc.holder().isEmpty(), "a run ended and the lease was not given back");
    if (doc.status().equals("FAILED")) {
      explained(doc);
    }
    if (doc.status().equals("SUCCEEDED") && doc.runKind().equals("PROVISION")) {
      agrees(doc);
      asWanted(doc);
    }
    if (doc.rolledBack()) {
      undone(tenant, began);
    }
    if (doc.status().equals("SUCCEEDED") && !doc.runKind().equals("PROVISION")) {
      removed(tenant, doc);
    }
  }

  private void removed(TenantId tenant, Doc doc) {
    if (doc.runKind().equals("PURGE")) {
      model.require(Rule.CLEAN, things.ours(tenant).isEmpty(), "left are ", things.ours(tenant));
    }
    for (Doc.Entry entry : doc.entries()) {
      model.require(
          Rule.CLEAN,
          !doc.runKind().equals("PURGE") && !entry.leaving().equals("DELETE"),
          "still recorded: ",
          entry.json());
    }
  }

  private void explained(Doc doc) {
    String message = doc.failure();
    model.requireNoInternals(message);
    boolean cause =
        switch (doc.failureType()) {
          case "PERMANENT" ->
              things.obstructed() || message.startsWith("The change cannot be taken back");
          case "REFUSED" -> things.blocked();
          case "TRANSIENT", "AMBIGUOUS", "TIMED_OUT" -> true;
          default -> false;
        };
    model.require(Rule.EXPLAINED, cause, doc.failureType(), " ", message);
  }

  private void agrees(Doc doc) {
    Set<String> undone = doc.undone();
    for (Doc.Entry entry : doc.entries()) {
      if (!entry.resource()
          || !entry.settled()
          || !entry.current()
          || undone.contains(entry.step())
          || things.disturbed(entry.nonce())) {
        continue;
      }
      List<Thing> found = things.live(entry.nonce());
      boolean same =
          found.size() == 1
              && found.get(0).attributes().equals(entry.attributes())
              && found.get(0).id().equals(entry.outputId());
      model.require(
          Rule.AGREES,
          same,
          entry.step(),
          " is recorded as ",
          entry.outputId(),
          entry.attributes(),
          " and there is ",
          found);
    }
  }

  private void asWanted(Doc doc) {
    Wish wish = doc.wish();
    if (wish == null) {
      throw model.broken(Rule.AS_WANTED, "a provisioned tenant has no input");
    }
    Map<Integer, String> outputs = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Wish.Part part : wish.standing()) {
      Doc.Entry entry = doc.current(part.name());
      model.require(
          Rule.AS_WANTED,
          entry != null && entry.settled() && entry.kind().equals(part.sort().kind()),
          part.name(),
          " is not recorded as made");
      names.add(part.name());
      outputs.put(part.id(), entry == null ? "" : entry.outputId());
      if (entry != null && part.sort() != Sort.TIMER) {
        List<String> reads = part.reads().stream().map(id -> outputs.getOrDefault(id, "")).toList();
        Map<String, String> wanted =
            new TreeMap<>(Spec.of(part, String.join(" ", reads)).attributes());
        Map<String, String> is = entry.attributes();
        is.remove(Spec.KEY);
        model.require(
            Rule.AS_WANTED, is.equals(wanted), part.name(), " is ", is, ", wanted ", wanted);
      }
    }
    for (Doc.Entry entry : doc.entries()) {
      model.require(
          Rule.AS_WANTED,
          !entry.leaving().equals("DELETE") || (names.contains(entry.step()) && entry.current()),
          entry.step(),
          " should be gone");
    }
  }

  private void undone(TenantId tenant, Beginning began) {
    if (began.clean()) {
      model.require(Rule.UNDONE, things.ours(tenant).isEmpty(), "left are ", things.ours(tenant));
    }
    if (began.afterSuccess()) {
      began
          .things()
          .forEach(
              (nonce, thing) -> {
                List<Thing> now = things.live(nonce);
                boolean remade = thing.kind().equals(Sort.ONCE.kind());
                boolean back =
                    now.size() == 1 && now.get(0).attributes().equals(thing.attributes());
                model.require(
                    Rule.UNDONE,
                    back || remade || things.disturbed(nonce),
                    thing,
                    " was there before, now there is ",
                    now);
              });
    }
  }
}
