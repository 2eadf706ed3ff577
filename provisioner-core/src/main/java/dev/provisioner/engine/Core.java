package dev.provisioner.engine;

import dev.provisioner.error.ProvisioningException;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the parts of one engine share. */
final class Core {
  final String engineId;
  final Settings settings;
  final StateStore store;
  final Ledger ledger;
  final Codec codec;
  final Registry registry;
  final EngineThreads threads;
  final Calls calls;
  final LeaseWatch watch;
  final Deliveries deliveries;
  private final Listeners listeners;
  private final ConcurrentMap<DocumentKey, Driver> drivers = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, CompletableFuture<Document>> endings =
      new ConcurrentHashMap<>();
  private final Set<TenantId> left = new ConcurrentSkipListSet<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile boolean closing;

  Core(
      String engineId,
      Settings settings,
      StateStore store,
      Codec codec,
      Registry registry,
      EngineThreads threads) {
    this.engineId = engineId;
    this.settings = settings;
    this.store = store;
    this.ledger = new Ledger(store, settings);
    this.codec = codec;
    this.registry = registry;
    this.threads = threads;
    this.calls = new Calls(this);
    this.watch = new LeaseWatch(settings.ticker());
    this.deliveries = new Deliveries(this, settings.durableListeners());
    this.listeners = new Listeners(settings.listeners(), threads);
  }

  // ---- the runs this engine works on

  ConcurrentMap<DocumentKey, Driver> drivers() {
    return drivers;
  }

  /** Returns whether this engine works on a document now. */
  boolean worksOn(DocumentKey key) {
    return drivers.containsKey(key);
  }

  /** Returns whether this engine works on a run now, and so tells its end itself. */
  boolean worksOn(DocumentKey key, String run) {
    Driver driver = drivers.get(key);
    return driver != null && driver.worksOn(run);
  }

  boolean closing() {
    return closing;
  }

  void requireOpen() {
    if (closing) {
      throw new ProvisioningException("The engine is closed.", null);
    }
  }

  void beginClosing() {
    closing = true;
  }

  /** Completes when the engine's threads are closed: what waits for a call waits in vain. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /**
   * Looks after a document: goes on with what is due, if this engine may, or tells what waits to be
   * told. Returns whether it does.
   */
  boolean look(DocumentKey key) {
    if (closing) {
      return false;
    }
    Driver working = drivers.get(key);
    if (working != null) {
      working.refresh();
      return true;
    }
    Optional<Ledger.Entry> entry = ledger.read(key);
    if (entry.isEmpty()) {
      return false;
    }
    Optional<Opening> opening = Opening.of(this, key, entry.get());
    if (opening.isPresent()) {
      return claim(key, opening.get()).isPresent();
    }
    Document document = entry.get().document();
    return document.lease() == null && deliveries.see(key, document);
  }

  /**
   * Takes the lease of a document and goes on with it.
   *
   * @return the driver, after its first write; empty if somebody else wrote first
   */
  Optional<Driver> claim(DocumentKey key, Opening opening) {
    Driver driver = new Driver(this, key, opening);
    Driver other = drivers.putIfAbsent(key, driver);
    if (other != null) {
      other.lookAgain();
      return Optional.empty();
    }
    return driver.claim() ? Optional.of(driver) : Optional.empty();
  }

  /** Asks the run under way to stop. Returns whether there is one. */
  boolean cancel(DocumentKey key) {
    return signal(key, document -> document.underWay() ? cancelled(document) : null);
  }

  private static @Nullable Signals cancelled(Document document) {
    RunRecord run = document.run();
    return run == null ? null : document.signals().cancel(run.id());
  }

  /** Asks a run to stop, or not to begin if it waits. */
  void cancel(DocumentKey key, String id) {
    signal(
        key,
        document -> {
          Signals.Request waiting = document.signals().request(id);
          if (waiting != null) {
            return waiting.withdrawn() ? null : document.signals().withdraw(id);
          }
          RunRecord run = document.run();
          boolean meant = document.underWay() && run != null && run.id().equals(id);
          return meant ? cancelled(document) : null;
        });
  }

  /** Signals something and has it seen to, here or by whoever holds the lease. */
  boolean signal(DocumentKey key, Function<Document, @Nullable Signals> change) {
    boolean signalled = ledger.signal(key, change).isPresent();
    if (signalled) {
      look(key);
    }
    return signalled;
  }

  /**
   * Waits for calls under way and for durable listeners, then tells them to give up. Returns whose
   * runs are left.
   */
  List<TenantId> drain(Duration patience) throws InterruptedException {
    drivers.values().forEach(Driver::refresh);
    await(patience, () -> drivers.isEmpty() && deliveries.idle());
    drivers.values().forEach(driver -> driver.cancelCalls("the engine is closing"));
    await( // interrupted after one, given up at two
        settings.cancelGrace().multipliedBy(3), drivers::isEmpty);
    drivers.keySet().forEach(key -> left.add(key.tenant()));
    return List.copyOf(left);
  }

  private static void await(Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  /** Is told of a run that was left for another engine because this one is closing. */
  void leftUnfinished(TenantId tenant) {
    left.add(tenant);
  }

  // ---- those who wait

  CompletableFuture<Document> ending(String run) {
    return endings.computeIfAbsent(run, key -> new CompletableFuture<>());
  }

  /** Forgets a run nobody waits for any more; others that wait for it ask the store. */
  void forget(String run, CompletableFuture<Document> ending) {
    endings.remove(run, ending);
  }

  void ended(RunRecord run, Document document) {
    CompletableFuture<Document> waiting = endings.remove(run.id());
    if (waiting != null) {
      waiting.complete(document);
    }
  }

  // ---- those who listen

  AutoCloseable listen(EventListener listener) {
    return listeners.add(listener);
  }

  void tell(Document document, long sequence, Function<EventHeader, ProvisioningEvent> event) {
    RunRecord run = document.run();
    EventHeader header =
        new EventHeader(
            sequence,
            settings.clock().instant(),
            document.installation(),
            TenantId.of(document.tenant()),
            document.plan(),
            run == null ? "" : run.id(),
            run == null ? null : run.by());
    ProvisioningEvent told = event.apply(header);
    EventLog.write(told);
    listeners.tell(told);
  }
}
