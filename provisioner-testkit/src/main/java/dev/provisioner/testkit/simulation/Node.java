package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.EngineBuilder;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.gate.Answer;
import dev.provisioner.gate.Gates;
import dev.provisioner.plan.Plan;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.testkit.SettableClock;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A process with one engine, on a machine with a clock. */
final class Node {
  static final Duration LEASE = Duration.ofSeconds(15);
  static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration GATE = Duration.ofSeconds(20);

  final SimulatedThreads threads;
  final Plan<Wish> plan;
  final ProvisioningEngine engine;
  private final World world;
  private final String name;
  private String engineId = "";
  private boolean dead;
  private boolean knownDead;
  private boolean paused;
  private boolean cutOff;
  private int suspended;

  Node(World world, String name, int number, SettableClock clock, Shape shape, long version) {
    this.world = world;
    this.name = name;
    this.threads = new SimulatedThreads(clock.ticker());
    Map<Sort, Provisioner<Spec, Made>> provisioners = new EnumMap<>(Sort.class);
    for (Sort sort : Sort.values()) {
      if (sort.resource()) {
        provisioners.put(sort, world.decorated(new Resources(world, this, sort)));
      }
    }
    Provisioner<Spec, Made> gate =
        Gates.polling(
            Kind.of(Sort.GATE.kind(), Spec.class, Made.class),
            GATE,
            (spec, attempt) ->
                world.gateOpens() ? Answer.open(new Made("open")) : Answer.notYet("the world"));
    provisioners.put(Sort.GATE, gate);
    var timer = Gates.timer(clock);
    Steps steps = new Steps(provisioners, timer);
    this.plan = shape.plan(steps).version(version);
    EngineBuilder builder =
        ProvisioningEngine.builder(new NodeStore(world, this, world.store()))
            .installation(World.INSTALLATION)
            .plans(plan)
            .provisioners(provisioners.values().toArray(Provisioner<?, ?>[]::new))
            .provisioners(timer)
            .clock(clock)
            .ticker(clock.ticker())
            .random(new Random(number))
            .threads(threads)
            .lease(LEASE)
            .sweepInterval(SWEEP)
            .cancelGrace(GRACE)
            .maxConcurrentCalls(shape.maxConcurrentCalls())
            .listener(event -> world.model().told(this, event));
    if (shape.hasDurableListeners()) {
      for (String listener : List.of("audit", "status")) {
        builder.durableListener(listener, new NodeListener(world, this, listener));
      }
    }
    this.engine = builder.build();
  }

  void announced(String id) {
    engineId = id;
    world.named("engine-", id);
  }

  String engineId() {
    return engineId;
  }

  // ---- its life

  boolean dead() {
    return dead;
  }

  boolean knownDead() {
    return knownDead;
  }

  boolean paused() {
    return paused;
  }

  void pause(boolean now) {
    paused = now;
  }

  boolean cutOff() {
    return cutOff;
  }

  void cutOff(boolean now) {
    cutOff = now;
  }

  /** Whether it could do something now. */
  boolean able() {
    return !dead && !paused && suspended == 0;
  }

  void suspend() {
    suspended++;
  }

  void goOn() {
    suspended--;
  }

  void kill(boolean known) {
    dead = true;
    knownDead = known;
    threads.drop();
  }

  SimulatedCrash crash(String where) {
    world.tell(this, " crashes ", where);
    kill(world.deathIsKnown());
    return new SimulatedCrash(where);
  }

  void requireAlive() {
    if (dead) {
      throw new SimulatedCrash(name + " is dead");
    }
  }

  /** Runs a piece of work of its engine. */
  void run(Runnable work) {
    try {
      work.run();
    } catch (SimulatedCrash e) {
      requireDead(e);
    } catch (StateStoreException e) {
      world.tell(this, ": ", e);
    } catch (RuntimeException e) {
      throw world.model().broken(Rule.INSIDE, this, ": the engine's thread threw ", e);
    }
  }

  private void requireDead(SimulatedCrash e) {
    if (!dead) {
      throw e;
    }
  }

  /** Remembers a value, which waits for the engine, but not longer than its lease lasts. */
  void remember(Attempt attempt, String key, String value) {
    long until = world.now() + LEASE.toMillis();
    threads.waitingForEngine(() -> attempt.remember(key, value));
    requireAlive();
    if (world.now() >= until) {
      throw new AmbiguousException("It could not be remembered in time.");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
