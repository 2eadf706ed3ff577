package dev.provisioner.testkit.simulation;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A few engines on one store and one cloud, with their clocks, their callers and their bad luck.
 * Everything happens in one thread, as the choices say: a step is one piece of an engine's work,
 * one request of a caller, or one accident. A call that is slow waits while other steps happen
 * within it.
 */
final class World {
  static final String INSTALLATION = "sim";
  static final String PLAN = "plan";
  private static final int DEEPEST = 3;
  private static final int MOST_STORE_CALLS = 3_000;
  private static final long SECOND = 1_000;

  private static final List<Fault> FAULTS = List.of(Fault.values());

  // How often each fault befalls a request, by the world's wildness.
  private static final int[][] WIRE = {
    {20, 1},
    {60, 3, 1, 1, 1, 1},
    {60, 4, 2, 2, 2, 2, 1, 1},
    {60, 6, 3, 4, 3, 3, 2, 2, 1}
  };
  private static final int[][] STORE = {
    {60, 1},
    {150, 1, 1, 1, 1},
    {150, 2, 1, 2, 2, 0, 1, 1},
    {100, 3, 2, 4, 3, 0, 2, 2}
  };

  private static final int[][] LISTENER = {
    {20, 1},
    {30, 1, 1, 2, 2},
    {30, 2, 2, 3, 3, 0, 1, 1},
    {20, 2, 2, 6, 6, 0, 2, 2}
  };

  private final Choices choices;
  private final History history;
  private final Mutation mutation;
  private final StateStore store;
  private final Model model;
  private final Cloud cloud;
  private final Shape shape;
  private final Callers callers;
  private final List<SettableClock> clocks = new ArrayList<>();
  private final List<Integer> skews = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> dead = new HashSet<>();
  private long now;
  private int depth;
  private int started;
  private int storeCalls;
  private int keys;
  private long version = 1;

  World(Choices choices, StateStore store, Mutation mutation, History history) {
    this.choices = choices;
    this.history = history;
    this.mutation = mutation;
    this.store = store;
    this.model = new Model(this);
    this.cloud = new Cloud(model.things());
    this.shape = Shape.of(choices);
    this.callers = new Callers(this, choices, shape.tenants());
    tell(shape);
    for (int i = 0; i < shape.nodes(); i++) {
      SettableClock clock = SettableClock.create();
      clocks.add(clock);
      skews.add(0);
      if (shape.wildness() > 0) {
        skew(i, signed(choices.pick(61)));
      }
      nodes.add(start(i));
    }
  }

  /** Lets everything happen. */
  void run() {
    while (!choices.over()) {
      step();
    }
    new Ending(this, callers, shape.removesFirst()).run();
  }

  // ---- a step

  private void step() {
    model.rethrow();
    int wild = depth > 0 && shape.wildness() > 0 ? 1 : shape.wildness();
    switch (choices.weighted(60, 5, 8, wild, 2 * wild, wild, wild, Math.min(1, wild), wild)) {
      case 0 -> work();
      case 1 -> advance(1 + choices.pick(30) * SECOND);
      case 2 -> callers.act();
      case 3 -> kill();
      case 4 -> restart();
      case 5 -> pause();
      case 6 -> interfere();
      case 7 -> skew();
      default -> cutOff();
    }
  }

  private void work() {
    List<Node> busy = nodes.stream().filter(n -> n.able() && n.threads.ready() > 0).toList();
    if (busy.isEmpty()) {
      advance(untilSomething());
      return;
    }
    Node node = busy.get(choices.pick(busy.size()));
    int ready = node.threads.ready();
    run(node, node.threads.take(choices.pick(ready)));
  }

  private void run(Node node, Runnable work) {
    int before = storeCalls;
    storeCalls = 0;
    node.run(work);
    storeCalls = before;
    Thread.interrupted();
    model.rethrow();
  }

  /** Runs all calls that a node has begun, as long as it is able to. */
  void runCalls(Node node) {
    while (node.able()) {
      Optional<Runnable> call = node.threads.takeCall();
      if (call.isEmpty()) {
        return;
      }
      run(node, call.get());
    }
  }

  private long untilSomething() {
    long nanos = 30 * SECOND * 1_000_000;
    for (Node node : nodes) {
      if (node.able()) {
        nanos = Math.min(nanos, node.threads.untilNextTimer());
      }
    }
    return Math.max(1, (nanos + 999_999) / 1_000_000);
  }

  private void advance(long millis) {
    now += millis;
    clocks.forEach(clock -> clock.advance(Duration.ofMillis(millis)));
  }

  /** Lets the world go on while a call or a store is slow. */
  void meanwhile(Node waiting, boolean suspends) {
    if (depth >= DEEPEST) {
      return;
    }
    depth++;
    history.deeper();
    int before = storeCalls;
    if (suspends) {
      waiting.suspend();
    }
    try {
      if (choices.oneIn(3)) {
        advance(1 + choices.pick(40) * SECOND);
      }
      for (int i = choices.pick(25); i > 0 && !choices.over(); i--) {
        step();
      }
    } finally {
      if (suspends) {
        waiting.goOn();
      }
      storeCalls = before;
      history.shallower();
      depth--;
    }
    Thread.interrupted();
  }

  // ---- accidents

  private void kill() {
    Node node = nodes.get(choices.pick(nodes.size()));
    if (!node.dead()) {
      boolean known = deathIsKnown();
      tell(node, " is killed", known ? ", which is known" : "");
      node.kill(known);
      noteDeath(node);
    }
  }

  private void noteDeath(Node node) {
    if (node.knownDead()) {
      dead.add(node.engineId());
    }
  }

  boolean deathIsKnown() {
    return choices.oneIn(3);
  }

  boolean knownDead(String engineId) {
    nodes.forEach(this::noteDeath);
    return dead.contains(engineId);
  }

  private void restart() {
    int place = choices.pick(nodes.size());
    if (nodes.get(place).dead()) {
      if (choices.oneIn(6)) {
        version++;
      }
      noteDeath(nodes.get(place));
      nodes.set(place, start(place));
    }
  }

  private Node start(int place) {
    started++;
    String name = "n" + place + "." + started;
    tell(name, " starts, version ", version);
    return new Node(this, name, started, clocks.get(place), shape, version);
  }

  private void pause() {
    Node node = nodes.get(choices.pick(nodes.size()));
    boolean pauses = !node.paused();
    tell(node, pauses ? " pauses" : " goes on");
    node.pause(pauses);
  }

  private void cutOff() {
    Node node = nodes.get(choices.pick(nodes.size()));
    boolean now = !node.cutOff();
    tell(node, now ? " is cut off from the store" : " reaches the store again");
    node.cutOff(now);
  }

  private void skew() {
    int place = choices.pick(clocks.size());
    skew(place, signed(choices.pick(61)));
  }

  /** Sets a clock so many seconds before or after the true time. */
  private void skew(int place, int seconds) {
    tell("the clock of n", place, " is set ", seconds, " s off");
    clocks.get(place).skew(Duration.ofSeconds(seconds - skews.get(place)));
    skews.set(place, seconds);
  }

  private static int signed(int pick) {
    return pick % 2 == 0 ? pick / 2 : -(pick + 1) / 2;
  }

  private void interfere() {
    List<Thing> things = new ArrayList<>(cloud.all());
    if (things.isEmpty()) {
      return;
    }
    Thing thing = things.get(choices.pick(things.size()));
    int what = choices.pick(3);
    if (thing.planted() || what == 0) {
      tell("somebody removes ", thing);
      cloud.lose(thing);
      model.things().disturbed(thing, true);
    } else if (what == 1) {
      tell("somebody changes ", thing);
      cloud.alter(thing);
      model.things().disturbed(thing, false);
    }
  }

  /** Somebody else may take the name just now. */
  void maybePlant(Sort sort, Attempt attempt) {
    if (shape.wildness() < 2
        || !sort.unique()
        || !choices.oneIn(40)
        || cloud.named(attempt.name()).isPresent()) {
      return;
    }
    String marker =
        switch (choices.pick(4)) {
          case 1 -> "somebody's";
          case 2 -> Marker.of(INSTALLATION, TenantId.of("other"), PLAN, attempt.step(), "n").text();
          case 3 -> Marker.of(INSTALLATION, attempt.tenant(), PLAN, attempt.step(), "other").text();
          default -> null;
        };
    plant(sort, attempt.name(), marker);
  }

  private void plant(Sort sort, String name, @Nullable String marker) {
    tell("somebody takes the name ", name, " with marker ", String.valueOf(marker));
    model.things().planted();
    cloud.plant(sort, name, marker);
  }

  Fault wireFault() {
    return FAULTS.get(choices.weighted(WIRE[shape.wildness()]));
  }

  Fault storeFault(Node node) {
    if (node.cutOff()) {
      return choices.oneIn(3) ? Fault.ANSWER_LOST : Fault.LOST;
    }
    return FAULTS.get(choices.weighted(STORE[shape.wildness()]));
  }

  Fault listenerFault() {
    return FAULTS.get(choices.weighted(LISTENER[shape.wildness()]));
  }

  boolean half() {
    return shape.wildness() > 0 && choices.oneIn(30);
  }

  boolean gateOpens() {
    return !choices.oneIn(2);
  }

  void countStoreCall() {
    model.require(
        Rule.HALTS, ++storeCalls < MOST_STORE_CALLS, "one piece of work asked the store for ever");
  }

  String newKey() {
    return "k" + ++keys;
  }

  Provisioner<Spec, Made> decorated(Resources resources) {
    return mutation.around(resources, cloud);
  }

  // ---- for the ending

  /** Ends all bad luck: clocks are right, who is dead starts again, who is paused goes on. */
  void calm() {
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      node.pause(false);
      node.cutOff(false);
      skew(i, 0);
      if (node.dead() || node.plan.version() < version) {
        node.kill(false);
        noteDeath(node);
        nodes.set(i, start(i));
      }
    }
    tell("nothing goes wrong any more");
    model.calm();
  }

  /** Lets the engines work until nothing is under way. */
  void settle(Duration atMost) {
    long end = now + atMost.toMillis();
    int idle = 0;
    while (true) {
      for (Node node : nodes) {
        while (node.threads.ready() > 0) {
          run(node, node.threads.take(0));
          model.require(Rule.HALTS, ++idle < 5_000, "the engines work without time passing");
        }
      }
      if (model.quiet()) {
        model.requireAllTaken();
        return;
      }
      if (now >= end) {
        throw model.broken(Rule.ENDS, "after ", atMost, ": ", model.unfinished());
      }
      idle = 0;
      advance(untilSomething());
    }
  }

  // ---- who asks

  List<Node> nodes() {
    return nodes;
  }

  Model model() {
    return model;
  }

  Cloud cloud() {
    return cloud;
  }

  StateStore store() {
    return store;
  }

  Shape shape() {
    return shape;
  }

  /** Returns the milliseconds since the world began. */
  long now() {
    return now;
  }

  /** Whether somebody is to read the history. */
  boolean remembers() {
    return history.kept();
  }

  boolean nested() {
    return depth > 0;
  }

  void tell(Object... parts) {
    history.add(now, parts);
  }

  /** Runs a request of a caller, counting what it asks of the store. */
  void request(Runnable request) {
    int before = storeCalls;
    storeCalls = 0;
    try {
      request.run();
    } finally {
      storeCalls = before;
      Thread.interrupted();
    }
    model.rethrow();
  }

  /** Gives something with a random id a name in the history. */
  void named(String prefix, String id) {
    history.name(prefix, id);
  }
}
