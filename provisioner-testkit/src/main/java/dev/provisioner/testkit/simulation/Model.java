package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.Outcome;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore.Versioned;
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

/**
 * What is allowed in a world, told from three histories: what was written to the store, what
 * changed in the cloud, and what callers and listeners were told. It shares no code with the
 * engine.
 */
final class Model {
  private static final long LEASE = Node.LEASE.toMillis();
  private static final List<String> INTERNALS =
      List.of(
          "NullPointer",
          "IllegalState",
          "IllegalArgument",
          "ClassCast",
          "IndexOutOf",
          "NoSuchElement",
          "ConcurrentModification",
          "UnsupportedOperation");

  private final World world;
  private final Map<TenantId, Book> books = new TreeMap<>();
  private final Map<String, TenantId> hashes = new HashMap<>();
  private final Map<String, List<Thing>> live = new TreeMap<>();
  private final Set<String> disturbed = new HashSet<>();
  private final Set<String> released = new HashSet<>();
  private final List<Wire> wires = new ArrayList<>();
  private final Set<String> accepted = new LinkedHashSet<>();
  private final Map<String, Set<String>> statuses = new HashMap<>();
  private final Set<Wish> wished = new HashSet<>();
  private final Map<String, Long> endedRuns = new HashMap<>();
  private @Nullable Violation violation;
  private int refusals;
  private int planted;
  private int changes;
  private long calmSince = Long.MAX_VALUE / 2;

  /** What is known of one document. */
  private static final class Book {
    private byte[] content = new byte[0];
    private String revision = "";
    private Doc doc = Doc.none();
    private long beatAt;
    private boolean beganClean;
    private boolean beganAfterSuccess;
    private Map<String, Thing> atBegin = Map.of();
  }

  Model(World world) {
    this.world = world;
  }

  // ---- verdicts

  void require(Rule rule, boolean holds, Object... found) {
    if (!holds) {
      throw broken(rule, found);
    }
  }

  /** Notes what is broken: the engine may catch what is thrown. */
  Violation broken(Rule rule, Object... found) {
    StringBuilder text = new StringBuilder();
    for (Object part : found) {
      text.append(part);
    }
    Violation broken = new Violation(rule, text.toString());
    if (violation == null) {
      violation = broken;
      world.tell("BROKEN: ", rule, ": ", text);
    }
    return broken;
  }

  void rethrow() {
    if (violation != null) {
      throw violation;
    }
  }

  // ---- the store

  private Book book(TenantId tenant) {
    return books.computeIfAbsent(
        tenant,
        key -> {
          hashes.put(Marker.of("x", tenant, "x", "x", "x").tenant(), tenant);
          return new Book();
        });
  }

  Doc doc(TenantId tenant) {
    return book(tenant).doc;
  }

  void read(DocumentKey key, Optional<Versioned> read) {
    Book book = book(key.tenant());
    require(
        Rule.STORE_KEEPS,
        read.isPresent() != book.revision.isEmpty()
            && read.map(Versioned::revision).orElse("").equals(book.revision),
        "a read of ",
        key,
        " gave another revision than the latest");
  }

  void written(
      Node node,
      DocumentKey key,
      @Nullable String expected,
      @Nullable StateDocument document,
      Optional<String> revision) {
    Book book = book(key.tenant());
    boolean latest = book.revision.equals(expected == null ? "" : expected);
    if (revision.isEmpty()) {
      require(Rule.STORE_EXCLUDES, !latest, "a write over the latest revision was refused");
      return;
    }
    require(Rule.STORE_EXCLUDES, latest, "a write over an old revision was accepted");
    if (document == null) {
      throw broken(Rule.RECORDED, "a document was deleted");
    }
    Doc before = book.doc;
    Doc after = Doc.of(document.content());
    if (world.remembers()) {
      describe(node, key, after);
    }
    lease(node, book, before, after);
    book.content = document.content();
    book.revision = revision.get();
    book.doc = after;
    statuses.computeIfAbsent(after.run(), run -> new HashSet<>()).add(after.status());
    recorded(key.tenant(), before, after);
    begun(key.tenant(), book, before, after);
    boolean ends = !after.underWay() && !after.run().isEmpty();
    if (ends && (before.underWay() || !before.run().equals(after.run()))) {
      ended(key.tenant(), book, after);
    }
  }

  private void describe(Node node, DocumentKey key, Doc after) {
    world.named("run-", after.run());
    world.tell(
        node,
        " writes ",
        key.tenant(),
        ": token ",
        after.token(),
        after.holder().isEmpty() ? " released" : " held",
        " ",
        after.runKind(),
        " ",
        after.run(),
        " ",
        after.status(),
        " ",
        after.tasks(),
        after.requests().isEmpty() ? "" : " queue " + after.requests().size(),
        after.failure().isEmpty() ? "" : " failure " + after.failure());
  }

  private void lease(Node node, Book book, Doc before, Doc after) {
    String me = node.engineId();
    long now = world.now();
    if (after.token() == before.token()) {
      require(
          Rule.FENCED,
          before.holder().equals(me) || before.withoutSignals().equals(after.withoutSignals()),
          node,
          " wrote without the lease");
    } else {
      require(Rule.FENCED, after.token() == before.token() + 1, node, " wrote another token");
      require(
          Rule.FENCED,
          after.holder().isEmpty() || after.holder().equals(me),
          node,
          " gave the lease to another");
      if (!before.holder().isEmpty() && !before.holder().equals(me)) {
        takenOver(node, book, before, now);
      }
    }
    if (!after.holder().equals(before.holder()) || after.heartbeat() != before.heartbeat()) {
      book.beatAt = now;
    }
  }

  private void takenOver(Node node, Book book, Doc before, long now) {
    boolean known = world.knownDead(before.holder());
    world.tell(node, " takes over");
    require(
        Rule.LEASE_WAITED,
        known || now - book.beatAt >= LEASE,
        node,
        " took a lease over after ",
        now - book.beatAt,
        " ms");
    require(
        Rule.LEASE_KEPT,
        world.nodes().stream().noneMatch(n -> n.engineId().equals(before.holder()))
            || now < calmSince + 4 * LEASE,
        node,
        " took over from an engine that nothing has befallen");
  }

  private void recorded(TenantId tenant, Doc before, Doc after) {
    for (Map.Entry<String, List<Thing>> each : live.entrySet()) {
      String nonce = each.getKey();
      if (!isOf(tenant, each.getValue().get(0)) || released.contains(nonce)) {
        continue;
      }
      if (after.entry(nonce) == null) {
        Doc.Entry known = before.entry(nonce);
        boolean kept = known != null && known.leaving().equals("KEEP");
        require(
            Rule.RECORDED,
            kept && after.runKind().equals("PURGE"),
            each.getValue(),
            " is not recorded any more");
        released.add(nonce);
      }
    }
  }

  private @Nullable TenantId owner(Thing thing) {
    return Marker.parse(thing.marker()).map(marker -> hashes.get(marker.tenant())).orElse(null);
  }

  private boolean isOf(TenantId tenant, Thing thing) {
    return Optional.of(tenant).equals(Optional.ofNullable(owner(thing)));
  }

  // ---- runs

  private void begun(TenantId tenant, Book book, Doc before, Doc after) {
    if (after.run().equals(before.run())) {
      return;
    }
    Wish wish = after.wish();
    require(
        Rule.ACCEPTED,
        wish == null || wished.contains(wish),
        "a run has an input that nobody asked for");
    book.beganClean = before.entries().isEmpty();
    book.beganAfterSuccess = before.status().equals("SUCCEEDED") && !disturbed(before);
    book.atBegin = new TreeMap<>();
    for (Doc.Entry entry : before.entries()) {
      List<Thing> things = live.get(entry.nonce());
      if (things != null && entry.current() && !disturbed.contains(entry.nonce())) {
        book.atBegin.put(entry.nonce(), things.get(0));
      }
    }
  }

  private boolean disturbed(Doc doc) {
    return doc.entries().stream().anyMatch(entry -> disturbed.contains(entry.nonce()));
  }

  private void ended(TenantId tenant, Book book, Doc doc) {
    require(Rule.FENCED, doc.holder().isEmpty(), "a run ended and the lease was not given back");
    if (doc.status().equals("FAILED")) {
      explained(doc);
    }
    if (doc.status().equals("SUCCEEDED") && doc.runKind().equals("PROVISION")) {
      agrees(doc);
      asWanted(doc);
    }
    if (doc.rolledBack()) {
      undone(tenant, book);
    }
    if (doc.status().equals("SUCCEEDED") && !doc.runKind().equals("PROVISION")) {
      removed(tenant, doc);
    }
  }

  private void removed(TenantId tenant, Doc doc) {
    if (doc.runKind().equals("PURGE")) {
      require(Rule.CLEAN, ours(tenant).isEmpty(), "left are ", ours(tenant));
    }
    for (Doc.Entry entry : doc.entries()) {
      require(
          Rule.CLEAN,
          !doc.runKind().equals("PURGE") && !entry.leaving().equals("DELETE"),
          "still recorded: ",
          entry.json());
    }
  }

  private List<Thing> ours(TenantId tenant) {
    List<Thing> ours = new ArrayList<>();
    live.forEach(
        (nonce, things) -> {
          if (isOf(tenant, things.get(0)) && !released.contains(nonce)) {
            ours.addAll(things);
          }
        });
    return ours;
  }

  private void explained(Doc doc) {
    String message = doc.failure();
    requireNoInternals(message);
    boolean cause =
        switch (doc.failureType()) {
          case "PERMANENT" ->
              refusals > 0 || planted > 0 || message.startsWith("The change cannot be taken back");
          case "REFUSED" -> planted > 0 || !released.isEmpty();
          case "TRANSIENT", "AMBIGUOUS" -> true;
          case "TIMED_OUT" -> true;
          default -> false;
        };
    require(Rule.EXPLAINED, cause, doc.failureType(), " ", message);
  }

  private void agrees(Doc doc) {
    Set<String> undone = doc.undone();
    for (Doc.Entry entry : doc.entries()) {
      if (!entry.resource()
          || !entry.settled()
          || !entry.current()
          || undone.contains(entry.step())
          || disturbed.contains(entry.nonce())) {
        continue;
      }
      List<Thing> things = live.getOrDefault(entry.nonce(), List.of());
      boolean same =
          things.size() == 1
              && things.get(0).attributes().equals(entry.attributes())
              && things.get(0).id().equals(entry.outputId());
      require(
          Rule.AGREES,
          same,
          entry.step(),
          " is recorded as ",
          entry.outputId(),
          entry.attributes(),
          " and there is ",
          things);
    }
  }

  private void asWanted(Doc doc) {
    Wish wish = doc.wish();
    if (wish == null) {
      throw broken(Rule.AS_WANTED, "a provisioned tenant has no input");
    }
    Map<Integer, String> outputs = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (Wish.Part part : wish.standing()) {
      Doc.Entry entry = doc.current(part.name());
      require(
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
        require(Rule.AS_WANTED, is.equals(wanted), part.name(), " is ", is, ", wanted ", wanted);
      }
    }
    for (Doc.Entry entry : doc.entries()) {
      require(
          Rule.AS_WANTED,
          !entry.leaving().equals("DELETE") || (names.contains(entry.step()) && entry.current()),
          entry.step(),
          " should be gone");
    }
  }

  private void undone(TenantId tenant, Book book) {
    if (book.beganClean) {
      require(Rule.UNDONE, ours(tenant).isEmpty(), "left are ", ours(tenant));
    }
    if (book.beganAfterSuccess) {
      book.atBegin.forEach(
          (nonce, thing) -> {
            List<Thing> now = live.getOrDefault(nonce, List.of());
            boolean remade = thing.kind().equals(Sort.ONCE.kind());
            boolean back = now.size() == 1 && now.get(0).attributes().equals(thing.attributes());
            require(
                Rule.UNDONE,
                back || remade || disturbed.contains(nonce),
                thing,
                " was there before, now there is ",
                now);
          });
    }
  }

  private void requireNoInternals(String text) {
    for (String name : INTERNALS) {
      require(Rule.INSIDE, !text.contains(name), text);
    }
  }

  // ---- the cloud

  private String nonce(Thing thing) {
    return Marker.parse(thing.marker()).map(Marker::nonce).orElse("");
  }

  void created(Thing made) {
    changes++;
    String nonce = nonce(made);
    TenantId tenant = owner(made);
    world.tell("the cloud has ", made);
    require(
        Rule.RECORDED,
        tenant != null && doc(tenant).entry(nonce) != null,
        made,
        " was created without a recorded intent");
    List<Thing> things = live.computeIfAbsent(nonce, key -> new ArrayList<>());
    require(Rule.EXISTS_ONCE, things.isEmpty(), made, " was created beside ", things);
    things.add(made);
    disturbed.remove(nonce);
  }

  void updated(Thing before, Thing after) {
    changes++;
    world.tell("the cloud has ", after);
    require(Rule.OURS_ONLY, !before.planted(), before, " was changed");
    String nonce = nonce(before);
    live.getOrDefault(nonce, new ArrayList<>())
        .replaceAll(each -> each.id().equals(after.id()) ? after : each);
    disturbed.remove(nonce);
  }

  void deleted(Thing gone) {
    changes++;
    world.tell("the cloud has no more ", gone);
    require(Rule.OURS_ONLY, !gone.planted(), gone, " was removed");
    String nonce = nonce(gone);
    require(Rule.OURS_ONLY, !released.contains(nonce), gone, " was to be kept, and was removed");
    forget(nonce, gone);
    TenantId tenant = owner(gone);
    if (tenant != null) {
      inOrder(doc(tenant), nonce, gone);
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
        require(
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

  // ---- calls

  void callBegins(Wire wire, Attempt attempt) {
    Doc doc = doc(attempt.tenant());
    world.tell(wire.node, ": ", wire.what);
    require(
        Rule.HOLDER_CALLS,
        doc.holder().equals(wire.node.engineId()),
        wire.node,
        " begins ",
        wire.what,
        " without the lease");
    for (Wire other : wires) {
      require(
          Rule.NO_OVERLAP,
          !other.nonce.equals(wire.nonce) || !other.alive(),
          wire.node,
          " begins ",
          wire.what,
          " while ",
          other.node,
          " is in ",
          other.what);
    }
    wires.add(wire);
  }

  void callEnds(Wire wire) {
    wires.remove(wire);
  }

  /** Whether the cloud lets no other call work on this one now. */
  boolean locked(String nonce) {
    return wires.stream().anyMatch(wire -> wire.nonce.equals(nonce) && wire.alive());
  }

  // ---- what was told

  void wished(Wish wish) {
    wished.add(wish);
  }

  void accepted(String run) {
    accepted.add(run);
  }

  void told(String run, Outcome outcome) {
    requireNoInternals(outcome.explain());
    Set<String> seen = statuses.getOrDefault(run, Set.of());
    String status = outcome.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
    require(
        Rule.EVENTS,
        status.equals("STILLRUNNING") || seen.contains(status),
        "a caller was told ",
        status,
        " of a run that is recorded as ",
        seen);
  }

  void told(Node node, ProvisioningEvent event) {
    world.tell(node, " tells: ", event.describe());
    requireNoInternals(event.describe());
    String run = event.header().run();
    String key = node.engineId() + run;
    if (event instanceof ProvisioningEvent.RunEnded ended) {
      require(
          Rule.EVENTS,
          statuses.getOrDefault(run, Set.of()).contains(ended.status().name()),
          "the end of a run was told before it was recorded");
      endedRuns.put(key, event.header().sequence());
    } else if (event instanceof ProvisioningEvent.RunResumed) {
      endedRuns.remove(key);
    } else if (!(event instanceof ProvisioningEvent.LeaseLost)) {
      // another engine may have been told that it goes on
      require(
          Rule.EVENTS,
          event.header().sequence() > endedRuns.getOrDefault(key, -1L) + 1,
          event.describe(),
          " was told after the run had ended");
    }
  }

  // ---- the end

  void calm() {
    calmSince = world.now();
  }

  boolean quiet() {
    return books.values().stream()
        .allMatch(
            each ->
                !each.doc.underWay()
                    && each.doc.requests().isEmpty()
                    && each.doc.holder().isEmpty());
  }

  String unfinished() {
    StringBuilder text = new StringBuilder();
    books.forEach(
        (tenant, each) -> {
          if (each.doc.underWay()
              || !each.doc.requests().isEmpty()
              || !each.doc.holder().isEmpty()) {
            text.append(tenant).append(' ').append(each.doc);
          }
        });
    return text.toString();
  }

  void requireAllAcceptedRan() {
    for (String run : accepted) {
      require(Rule.ACCEPTED, statuses.containsKey(run), run, " was accepted and never ran");
    }
  }

  @Nullable Wish lastWish(TenantId tenant) {
    return doc(tenant).wish();
  }
}
