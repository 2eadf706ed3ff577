package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.Outcome;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.spi.Attempt;
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
  private final Things things = new Things(this);
  private final Ends ends = new Ends(this, things);
  private final Taken taken = new Taken(this);
  private final List<Wire> wires = new ArrayList<>();
  private final Set<String> accepted = new LinkedHashSet<>();
  private final Map<String, Set<String>> statuses = new HashMap<>();
  private final Set<String> withdrawn = new HashSet<>();
  private final Set<Wish> wished = new HashSet<>();
  private final Map<String, Long> endedRuns = new HashMap<>();
  private @Nullable Violation violation;
  private long calmSince = Long.MAX_VALUE / 2;

  /** What is known of one document. */
  private static final class Book {
    private String revision = "";
    private Doc doc = Doc.none();
    private long beatAt;
    private Ends.Beginning began = new Ends.Beginning(true, false, Map.of());
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
          things.know(tenant);
          return new Book();
        });
  }

  Things things() {
    return things;
  }

  void tell(Object... parts) {
    world.tell(parts);
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
    book.revision = revision.get();
    book.doc = after;
    statuses.computeIfAbsent(after.run(), run -> new HashSet<>()).add(after.status());
    for (String run : after.withdrawn()) {
      statuses.computeIfAbsent(run, id -> new HashSet<>()).add("CANCELLED");
      withdrawn.add(run);
    }
    require(
        Rule.ACCEPTED,
        !withdrawn.contains(after.run()) || !after.underWay(),
        "a run was begun though its request had been withdrawn");
    things.requireRecorded(key.tenant(), before, after);
    if (!after.run().equals(before.run())) {
      Wish wish = after.wish();
      require(
          Rule.ACCEPTED,
          wish == null || wished.contains(wish),
          "a run has an input that nobody asked for");
      book.began = ends.beginning(before);
    }
    boolean over = !after.underWay() && !after.run().isEmpty();
    if (over && (before.underWay() || !before.run().equals(after.run()))) {
      ends.judge(key.tenant(), book.began, after);
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
          before.holder().equals(me) || before.holders().equals(after.holders()),
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
            || now < calmSince + 10 * LEASE,
        node,
        " took over from an engine that nothing has befallen");
  }

  void requireNoInternals(String text) {
    for (String name : INTERNALS) {
      require(Rule.INSIDE, !text.contains(name), text);
    }
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

  void taken(String listener, List<ProvisioningEvent> events) {
    for (ProvisioningEvent event : events) {
      world.tell(listener, " takes ", event.header().sequence(), ": ", event.describe());
      requireNoInternals(event.describe());
      taken.add(listener, event);
    }
  }

  void requireAllTaken() {
    books.forEach(
        (tenant, book) -> {
          if (book.doc.events() > 0) {
            taken.requireAll(tenant, book.doc);
          }
        });
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
    return books.values().stream().allMatch(each -> quiet(each.doc));
  }

  private static boolean quiet(Doc doc) {
    return !doc.underWay()
        && doc.requests().isEmpty()
        && doc.holder().isEmpty()
        && doc.waitingEvents() == 0;
  }

  String unfinished() {
    StringBuilder text = new StringBuilder();
    books.forEach(
        (tenant, each) -> {
          if (!quiet(each.doc)) {
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
