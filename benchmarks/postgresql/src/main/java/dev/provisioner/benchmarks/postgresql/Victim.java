package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.benchmarks.postgresql.Things.Wish;
import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.jdbc.queue.JobQueue;
import dev.provisioner.jdbc.queue.JobRequest;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * A process that submits a job of each kind, names the tenant when both are in the middle of a
 * call, and is killed then.
 */
final class Victim {
  /** Its backend keeps out a second caller: nobody need wait for the call to end. */
  static final String EXCLUDING = "excluding";

  /** A call may outlive its caller, so that its time must be over first. */
  static final String OVERLAPPING = "overlapping";

  static final List<String> KINDS = List.of(EXCLUDING, OVERLAPPING);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Victim() {}

  /** How soon a node is taken for dead. The lease is also the longest call. */
  enum Speed {
    /** As it is without any setting. */
    DEFAULT(Duration.ofSeconds(15), Duration.ofSeconds(30)),
    /** For hosts in a hurry. */
    FAST(Duration.ofSeconds(3), Duration.ofSeconds(10));

    private final Duration lease;
    private final Duration takeover;

    Speed(Duration lease, Duration takeover) {
      this.lease = lease;
      this.takeover = takeover;
    }

    Duration lease() {
      return lease;
    }

    @Override
    public String toString() {
      return "lease " + lease.toSeconds() + " s, takeover " + takeover.toSeconds() + " s";
    }
  }

  public static void main(String[] arguments) throws Exception {
    Speed speed = Speed.valueOf(arguments[1]);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(arguments[0]);
    config.setMaximumPoolSize(8);
    HikariDataSource pool = new HikariDataSource(config);
    Set<String> begun = ConcurrentHashMap.newKeySet();
    ProvisioningEngine engine =
        engine(Ours.store(pool), speed, (kind, tenant) -> begun.add(kind + tenant), true);
    JobQueue queue = queue(pool, engine, speed);
    for (int i = 0; ; i++) {
      String tenant = arguments[2] + "-" + i;
      for (Plan<?> plan : engine.plans()) {
        @SuppressWarnings("unchecked") // all are of this type
        Plan<Wish> mine = (Plan<Wish>) plan;
        queue.submit(JobRequest.provision(mine, TenantId.of(tenant), Ours.WISH));
      }
      if (allBegun(begun, tenant)) {
        System.out.println(tenant);
        TimeUnit.DAYS.sleep(1);
      } // else another node was quicker
    }
  }

  private static boolean allBegun(Set<String> begun, String tenant) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (KINDS.stream().allMatch(kind -> begun.contains(kind + tenant))) {
        return true;
      }
      Thread.sleep(10);
    }
    return false;
  }

  /** Returns an engine whose calls never end if it is a victim's. */
  static ProvisioningEngine engine(
      StateStore store, Speed speed, BiConsumer<String, String> begun, boolean forEver) {
    return ProvisioningEngine.builder(store)
        .installation("bench")
        .plans(
            KINDS.stream()
                .map(kind -> plan(new Calls(kind, begun, forEver)))
                .toArray(Plan<?>[]::new))
        .lease(speed.lease)
        .callTimeout(speed.lease)
        .build();
  }

  static JobQueue queue(HikariDataSource pool, ProvisioningEngine engine, Speed speed) {
    return JobQueue.on(pool, engine).createTables().takeover(speed.takeover).open();
  }

  private static Plan<Wish> plan(Calls calls) {
    Step<Wish, Things.Made> step =
        Step.named("step", calls)
            .from(tenant -> new Things.Spec(tenant.input().region(), true, ""));
    return Plan.of(calls.id, Wish.class, step);
  }

  /** Tells of each call. */
  private static final class Calls implements Provisioner<Things.Spec, Things.Made> {
    private final String id;
    private final BiConsumer<String, String> begun;
    private final boolean forEver;

    Calls(String id, BiConsumer<String, String> begun, boolean forEver) {
      this.id = id;
      this.begun = begun;
      this.forEver = forEver;
    }

    @Override
    public Kind<Things.Spec, Things.Made> kind() {
      return Kind.of(id, Things.Spec.class, Things.Made.class);
    }

    @Override
    public boolean excludesConcurrentCalls() {
      return id.equals(EXCLUDING);
    }

    @Override
    public Found<Things.Made> find(Known<Things.Spec, Things.Made> known, Attempt attempt) {
      return Found.absent();
    }

    @Override
    public Provisioned<Things.Made> provision(Things.Spec spec, Attempt attempt)
        throws InterruptedException {
      begun.accept(id, attempt.tenant().value());
      if (forEver) {
        TimeUnit.DAYS.sleep(1);
      }
      return Provisioned.done(new Things.Made(attempt.name(), "https://things.example"));
    }

    @Override
    public Removed deprovision(Known<Things.Spec, Things.Made> known, Attempt attempt) {
      return Removed.gone();
    }
  }
}
