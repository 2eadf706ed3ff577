package dev.provisioner.engine;

import dev.provisioner.error.RefusedException;
import dev.provisioner.event.DurableListener;
import dev.provisioner.event.EventListener;
import dev.provisioner.internal.Identifiers;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.plan.Plan;
import dev.provisioner.secret.SecretCipher;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.StateStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Configures a {@link ProvisioningEngine}. Not thread-safe. */
public final class EngineBuilder {
  private final StateStore store;
  private final List<Plan<?>> plans = new ArrayList<>();
  private final List<Provisioner<?, ?>> provisioners = new ArrayList<>();
  private final List<EventListener> listeners = new ArrayList<>();
  private final Map<String, DurableListener> durableListeners = new LinkedHashMap<>();
  private @Nullable String installation;
  private @Nullable SecretCipher cipher;
  private @Nullable EngineThreads threads;
  private InstantSource clock = InstantSource.system();
  private LongSupplier ticker = System::nanoTime;
  private RandomGenerator random = new SecureRandom();
  private Duration lease = Duration.ofSeconds(15);
  private Duration callTimeout = Duration.ofSeconds(15);
  private Duration cancelGrace = Duration.ofSeconds(5);
  private Duration sweepInterval = Duration.ofSeconds(1);
  private Duration retention = Duration.ofDays(30);
  private int maxConcurrentCalls = 16;
  private long maxDocumentBytes = 1_000_000;

  EngineBuilder(StateStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  /**
   * Names the installation: which of several that may share a store or a cloud account this is.
   * Required; part of every name and marker, so never change it.
   *
   * @param id at most 63 lower-case letters, digits and hyphens, a letter first
   */
  public EngineBuilder installation(String id) {
    this.installation = Identifiers.requireInstallation(id);
    return this;
  }

  /** Registers plans: those the engine can provision, and resume after a crash. */
  public EngineBuilder plans(Plan<?>... more) {
    plans.addAll(List.of(more));
    return this;
  }

  /**
   * Registers provisioners beyond those of the plans' fixed steps: those of generated plans, and
   * those of steps that have left the plans but are still recorded.
   */
  public EngineBuilder provisioners(Provisioner<?, ?>... more) {
    provisioners.addAll(List.of(more));
    return this;
  }

  /**
   * Sets the cipher that seals secrets at rest. Default: none. Inputs and specs that hold secrets
   * are then refused before anything is called; a spec that can only be computed from another
   * step's output, or an output, fails its step.
   */
  public EngineBuilder cipher(SecretCipher secretCipher) {
    this.cipher = Objects.requireNonNull(secretCipher, "secretCipher");
    return this;
  }

  /** Adds a listener for events, which are told as well as may be; see {@link EventListener}. */
  public EngineBuilder listener(EventListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Adds a listener to which every recorded event is told at least once. Events are then recorded
   * with the tenant's state until all durable listeners of an engine have taken them, which costs a
   * write more for each run. Default: none, and nothing is recorded.
   *
   * <p>Add it to all engines on the store. An engine without any durable listener records no events
   * and leaves those that wait; one that has others records events, and takes them out of the state
   * when its own listeners have taken them. So a listener is told of everything from when all
   * engines have it. Before the last listener is removed from the engines, let one that does
   * nothing take its place until {@link TenantStatus#undelivered()} is 0 for all tenants.
   *
   * @param name names it in logs and in the state: what it has taken is kept by this name; 1 to 63
   *     lower-case letters, digits and hyphens, a letter first
   * @throws IllegalArgumentException if another has the name
   */
  public EngineBuilder durableListener(String name, DurableListener listener) {
    Objects.requireNonNull(listener, "listener");
    if (durableListeners.putIfAbsent(Identifiers.requireListener(name), listener) != null) {
      throw new IllegalArgumentException("Two durable listeners are named '" + name + "'.");
    }
    return this;
  }

  /**
   * Sets how long an engine may be silent before another takes its runs over.
   *
   * @param duration 100 ms to 1 h; default 15 s
   */
  public EngineBuilder lease(Duration duration) {
    this.lease = inRange("lease", duration, Duration.ofMillis(100), Duration.ofHours(1));
    return this;
  }

  /**
   * Sets how long one call to a provisioner may take, unless the step or the provisioner says
   * otherwise. A call that may outlast the lease delays a take-over until its time is over.
   *
   * @param duration 10 ms to 24 h; default 15 s
   */
  public EngineBuilder callTimeout(Duration duration) {
    this.callTimeout = inRange("callTimeout", duration, Duration.ofMillis(10), Duration.ofDays(1));
    return this;
  }

  /**
   * Sets how long a call that was told to give up may still take before its thread is interrupted,
   * and again before it is given up.
   *
   * @param duration 10 ms to 1 h; default 5 s
   */
  public EngineBuilder cancelGrace(Duration duration) {
    this.cancelGrace = inRange("cancelGrace", duration, Duration.ofMillis(10), Duration.ofHours(1));
    return this;
  }

  /**
   * Sets how often the engine looks for what is due.
   *
   * @param duration 10 ms to 1 h; default 1 s
   */
  public EngineBuilder sweepInterval(Duration duration) {
    this.sweepInterval =
        inRange("sweepInterval", duration, Duration.ofMillis(10), Duration.ofHours(1));
    return this;
  }

  /**
   * Sets how long what a deprovisioned tenant retains is kept before it is purged.
   *
   * @param duration zero to 100 years; default 30 days
   */
  public EngineBuilder retention(Duration duration) {
    this.retention = inRange("retention", duration, Duration.ZERO, Duration.ofDays(36_525));
    return this;
  }

  /**
   * Sets how many calls to provisioners this engine makes at the same time.
   *
   * @param limit 1 or more; default 16
   */
  public EngineBuilder maxConcurrentCalls(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("maxConcurrentCalls is 1 or more, not " + limit + ".");
    }
    this.maxConcurrentCalls = limit;
    return this;
  }

  /**
   * Sets how large one tenant's state may become; inputs and specs beyond it are refused before
   * anything is touched.
   *
   * @param bytes 10,000 or more; default 1,000,000
   */
  public EngineBuilder maxDocumentBytes(long bytes) {
    if (bytes < 10_000) {
      throw new IllegalArgumentException("maxDocumentBytes is 10,000 or more, not " + bytes + ".");
    }
    this.maxDocumentBytes = bytes;
    return this;
  }

  /** Sets the wall clock, for timers and for people. Default: the system's. */
  public EngineBuilder clock(InstantSource source) {
    this.clock = Objects.requireNonNull(source, "source");
    return this;
  }

  /** Sets the monotonic clock in nanoseconds, for leases. Default: {@code System::nanoTime}. */
  public EngineBuilder ticker(LongSupplier nanos) {
    this.ticker = Objects.requireNonNull(nanos, "nanos");
    return this;
  }

  /** Sets the source of jitter and nonces. Default: a {@code SecureRandom}. */
  public EngineBuilder random(RandomGenerator source) {
    this.random = Objects.requireNonNull(source, "source");
    return this;
  }

  /** Sets the threads; the engine closes them. Default: {@link EngineThreads#ofDefaults()}. */
  public EngineBuilder threads(EngineThreads engineThreads) {
    this.threads = Objects.requireNonNull(engineThreads, "engineThreads");
    return this;
  }

  /**
   * Builds the engine, which begins at once to look for unfinished runs.
   *
   * @throws RefusedException if the installation is not named
   * @throws IllegalArgumentException if settings contradict each other, or two plans or
   *     provisioners have the same id
   */
  public ProvisioningEngine build() {
    if (installation == null) {
      throw new RefusedException(
          "The installation has no name. Say which installation this is, with"
              + " installation(\"shop-eu\"), and never change it: names and markers are derived from"
              + " it.",
          null);
    }
    Registry registry = new Registry(plans, provisioners);
    Settings settings =
        new Settings(
            installation,
            clock,
            ticker,
            random,
            lease,
            callTimeout,
            cancelGrace,
            sweepInterval,
            retention,
            maxConcurrentCalls,
            maxDocumentBytes,
            List.copyOf(listeners),
            new LinkedHashMap<>(durableListeners));
    EngineThreads used = threads == null ? EngineThreads.ofDefaults() : threads;
    String id = UUID.randomUUID().toString();
    return new ProvisioningEngine(new Core(id, settings, store, new Codec(cipher), registry, used));
  }

  private static Duration inRange(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " is " + least + " to " + most + ", not " + value + ".");
    }
    return value;
  }
}
