package dev.provisioner.proofs.kills;

import dev.provisioner.proofs.kills.Round.Struck;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Strikes a quickstart at work. */
final class Striker {
  /** The sample's lease is 15 seconds; a busy stack is asked for every two. */
  private static final Duration PAST_LEASE = Duration.ofSeconds(22);

  /** An operation that was not calibrated lasts at least so long. */
  private static final Duration UNKNOWN = Duration.ofSeconds(5);

  private static final int LONGEST_COMMAND_MILLIS = 2500;

  private final Random random;
  private final Map<Operation, Duration> durations = new EnumMap<>(Operation.class);

  Striker(Random random) {
    this.random = random;
  }

  /** Is told how long an operation takes when nobody strikes. */
  void takes(Operation operation, Duration duration) {
    durations.put(operation, duration);
  }

  /** Draws one to three blows. */
  List<Blow> draw() {
    int count = 1 + (random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0);
    return IntStream.range(0, count).mapToObj(i -> drawOne()).toList();
  }

  private Blow drawOne() {
    int drawn = random.nextInt(100);
    int sum = 0;
    for (Blow blow : Blow.values()) {
      sum += blow.share;
      if (drawn < sum) {
        return blow;
      }
    }
    throw new IllegalStateException("The shares are less than 100.");
  }

  /** Waits for a moment that may be any of the operation, and strikes. */
  Struck strike(Blow blow, Site site, Launched host, Operation operation)
      throws IOException, InterruptedException {
    Duration longest = durations.getOrDefault(operation, UNKNOWN);
    host.ends(Duration.ofMillis(random.nextLong(longest.toMillis())).minus(host.age()));
    return switch (blow) {
      case JVM -> {
        String phase = host.phase();
        yield struck(blow, host, phase, host.process().toHandle().destroyForcibly());
      }
      case GROUP -> {
        String phase = host.phase();
        boolean alive = host.process().isAlive();
        Processes.signal("KILL", -host.process().pid());
        yield struck(blow, host, phase, alive);
      }
      case TERRAFORM -> strikeOne(blow, host, site.processes()::terraforms);
      case PROVIDER -> strikeOne(blow, host, site.processes()::providers);
      case FREEZE -> freeze(site, host, operation.again());
    };
  }

  /** Strikes one that runs now; else one that comes later, at any moment of its life. */
  private Struck strikeOne(Blow blow, Launched host, Supplier<List<Processes.Marked>> candidates)
      throws IOException, InterruptedException {
    while (host.process().isAlive()) {
      List<Processes.Marked> running = candidates.get();
      if (!running.isEmpty()) {
        String phase = host.phase();
        if (running.get(random.nextInt(running.size())).process().destroyForcibly()) {
          return struck(blow, host, phase, true);
        }
      }
      host.ends(Duration.ofMillis(random.nextInt(LONGEST_COMMAND_MILLIS)));
    }
    return struck(blow, host, "end", false);
  }

  /** Another node works past the lease of the frozen one, which then goes on as if nothing was. */
  private Struck freeze(Site site, Launched host, List<String> again)
      throws IOException, InterruptedException {
    while (!site.shareable() && host.process().isAlive()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    String phase = host.phase();
    Duration age = host.age();
    if (!host.process().isAlive()) {
      return new Struck(Blow.FREEZE, age, phase, false, "");
    }
    Processes.signal("STOP", host.process().pid());
    Launched other = site.startElsewhere(again);
    other.ends(PAST_LEASE);
    Processes.signal("CONT", host.process().pid());
    String trouble = other.succeeds() ? "" : "the second node ended with " + other.verdict();
    return new Struck(Blow.FREEZE, age, phase, true, trouble);
  }

  private static Struck struck(Blow blow, Launched host, String phase, boolean landed) {
    return new Struck(blow, host.age(), phase, landed, "");
  }
}
