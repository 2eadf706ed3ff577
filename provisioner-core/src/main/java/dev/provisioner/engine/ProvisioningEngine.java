package dev.provisioner.engine;

import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.RefusedException;
import dev.provisioner.event.EventListener;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provisions tenants: what a plan describes exists, is remembered, survives a crash at any instant,
 * changes with the description, and goes away when the tenant leaves.
 *
 * <p>Any number of engines may share one store, in one process or many; for each tenant and plan
 * one of them works at a time. From the moment it is built an engine also looks, at every sweep
 * interval, for runs whose engine is gone, timers and retention that are due, and goes on with
 * them.
 *
 * <p>Thread-safe. Methods that begin something return when it is durably recorded; they throw
 * {@link RefusedException} before anything is touched, and {@link
 * dev.provisioner.error.StateStoreException} if the store is lost.
 */
public final class ProvisioningEngine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProvisioningEngine.class);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Core core;
  private final Sweeper sweeper;
  private final AutoCloseable announcement;

  ProvisioningEngine(Core core) {
    this.core = core;
    this.announcement = core.store.announce(core.engineId);
    this.sweeper = new Sweeper(core);
    sweeper.start();
  }

  /** Begins to build an engine on a store, which the caller closes after the engine. */
  public static EngineBuilder builder(StateStore store) {
    return new EngineBuilder(store);
  }

  // ---- provision

  /**
   * Brings what stands to what the plan describes for this input. The same call again does nothing
   * the second time; while the same request is under way, it returns that run. After a failure it
   * goes on with what is missing. Refused while a run with another input is under way.
   */
  public <I> Run provision(Plan<I> plan, TenantId tenant, I input) {
    return provision(plan, tenant, input, ProvisionOptions.defaults());
  }

  /** Brings what stands to what the plan describes for this input, with options. */
  public <I> Run provision(Plan<I> plan, TenantId tenant, I input, ProvisionOptions options) {
    requireOpen();
    core.registry.requireRegistered(plan);
    return provision(bind(plan, tenant, input), key(plan, tenant), options);
  }

  /**
   * Brings what stands to what the plan describes for an input that was sealed, by this engine or
   * another of the installation.
   *
   * @throws RefusedException also if no plan of that name and version, or a later one, is
   *     registered here: another engine may accept it
   * @throws dev.provisioner.error.SecretException if a secret in it does not open
   */
  public Run provision(SealedInput input, ProvisionOptions options) {
    requireOpen();
    Plan<?> plan = core.registry.required(input);
    DocumentKey key = key(plan, input.tenant());
    Document nothing = Document.blank(key.installation(), key.plan(), input.tenant().value());
    Binding<?> binding =
        Binding.recorded(plan, nothing, core.codec.parse(input.json()), core.codec);
    return provision(checked(binding), key, options);
  }

  private Run provision(Binding<?> binding, DocumentKey key, ProvisionOptions options) {
    Codec.Encoded encoded = binding.encodedInput(core.settings.maxDocumentBytes());
    Request request = new Request(core, key, binding, encoded, options);
    while (true) {
      Optional<Run> run = request.submit();
      if (run.isPresent()) {
        return run.get();
      }
    }
  }

  /**
   * Checks an input as {@link #provision(Plan, TenantId, Object)} does before it touches anything,
   * and seals its secrets, so that it can be kept elsewhere until it is provisioned. Reads and
   * writes nothing.
   */
  public <I> SealedInput seal(Plan<I> plan, TenantId tenant, I input) {
    core.registry.requireRegistered(plan);
    Codec.Encoded encoded =
        bind(plan, tenant, input).encodedInput(core.settings.maxDocumentBytes());
    return SealedInput.of(
        plan.name(),
        plan.version(),
        tenant,
        encoded.fingerprint(),
        core.codec.bytes(encoded.json()));
  }

  /**
   * Tells what {@link #provision(Plan, TenantId, Object)} would do now. Calls no backend, writes
   * nothing.
   */
  public <I> Preview preview(Plan<I> plan, TenantId tenant, I input) {
    core.registry.requireRegistered(plan);
    Binding<I> binding = bind(plan, tenant, input);
    binding.encodedInput(core.settings.maxDocumentBytes());
    Document document = core.ledger.readOrBlank(key(plan, tenant)).document();
    Refusals.requireNotNewer(document, plan);
    return new Previews(core.calls, document, binding).preview();
  }

  // ---- going on, stopping

  /**
   * Goes on with a run that failed or was cancelled, with fresh attempts; returns the run under way
   * if there is one. Only what the run had set out to do is done.
   *
   * @throws RefusedException if the last run has nothing left to do
   */
  public Run resume(Plan<?> plan, TenantId tenant) {
    requireOpen();
    core.registry.requireRegistered(plan);
    DocumentKey key = key(plan, tenant);
    while (true) {
      Ledger.Entry entry = required(key);
      Document document = entry.document();
      Refusals.requireNotNewer(document, plan);
      RunRecord run = document.run();
      if (run == null || run.status() == RunStatus.SUCCEEDED || run.rolledBack()) {
        throw Refusals.refused(
            document,
            run != null && run.rolledBack()
                ? "The last run was rolled back; nothing of it is left to resume. Provision again."
                : "The last run has nothing left to do.");
      }
      if (document.underWay()) {
        core.look(key);
        return new Run(core, key, run.id());
      }
      Refusals.requireNotHeldBack(core, document);
      Binding<?> binding =
          run.kind() == RunRecord.Kind.PROVISION && document.input() != null
              ? Binding.recorded(plan, document, document.input(), core.codec)
              : null;
      Opening opening =
          new Opening(entry, document.signals(), binding, List.of(new Input.Resume()));
      if (core.claim(key, opening).isPresent()) {
        return new Run(core, key, run.id());
      }
    }
  }

  /**
   * Asks the run under way to stop, wherever it is worked on; see {@link Run#cancel()}. Requests
   * that wait for it are left; cancel their runs. Returns whether there is a run under way.
   */
  public boolean cancel(Plan<?> plan, TenantId tenant) {
    return core.cancel(key(plan, tenant));
  }

  // ---- removing

  /**
   * Removes what the tenant has, in reverse order, except what its steps' policies retain or keep;
   * after the engine's retention period the rest is purged. Works from what is recorded, not from
   * the plan's code.
   */
  public Run deprovision(Plan<?> plan, TenantId tenant) {
    return deprovision(plan, tenant, RemovalOptions.defaults());
  }

  /**
   * Removes what the tenant has, with another retention period.
   *
   * @param retention how long what is retained is kept until it is purged; zero or more
   */
  public Run deprovision(Plan<?> plan, TenantId tenant, Duration retention) {
    return deprovision(plan, tenant, RemovalOptions.defaults().retention(retention));
  }

  /** Removes what the tenant has, with options. */
  public Run deprovision(Plan<?> plan, TenantId tenant, RemovalOptions options) {
    Duration retention = options.retention();
    return remove(
        plan,
        tenant,
        RunRecord.Kind.DEPROVISION,
        retention == null ? options.retention(core.settings.retention()) : options);
  }

  /**
   * Removes at once what a deprovisioned tenant retained, and all that is recorded of it but a note
   * that it was here. Nothing can bring it back.
   *
   * @throws RefusedException if the tenant is not deprovisioned
   */
  public Run purge(Plan<?> plan, TenantId tenant) {
    return purge(plan, tenant, RemovalOptions.defaults());
  }

  /**
   * Removes what {@link #purge(Plan, TenantId)} does, with options.
   *
   * @throws IllegalArgumentException if they say how long to retain what is to go
   */
  public Run purge(Plan<?> plan, TenantId tenant, RemovalOptions options) {
    if (options.retention() != null) {
      throw new IllegalArgumentException("A purge retains nothing: leave retention(...) out.");
    }
    return remove(plan, tenant, RunRecord.Kind.PURGE, options);
  }

  private Run remove(Plan<?> plan, TenantId tenant, RunRecord.Kind kind, RemovalOptions options) {
    requireOpen();
    Ticket ticket = options.ticket();
    DocumentKey key = key(plan, tenant);
    while (true) {
      Ledger.Entry entry = required(key);
      Document document = entry.document();
      if (ticket != null && document.knows(ticket.run())) {
        return new Run(core, key, ticket.run());
      }
      if (ticket != null) {
        Refusals.requireNotOvertaken(document, ticket);
      }
      Refusals.requireNotNewer(document, plan);
      RunRecord run = document.run();
      if (document.underWay() && run != null && run.kind() == kind) {
        return new Run(core, key, run.id());
      }
      if (document.underWay() || !document.signals().requests().isEmpty()) {
        throw Refusals.forNow(document, "Another run is under way. Wait for it, or cancel it.");
      }
      Optional<Run> done = alreadyRemoved(key, document, kind);
      if (done.isPresent()) {
        return done.get();
      }
      Refusals.requireNotHeldBack(core, document);
      String id = ticket == null ? Opening.newRunId() : ticket.run();
      long number = ticket == null ? 0 : ticket.number();
      Opening opening = Opening.removal(entry, id, number, kind, options.retention(), options.by());
      if (core.claim(key, opening).isPresent()) {
        return new Run(core, key, id);
      }
    }
  }

  private Optional<Run> alreadyRemoved(DocumentKey key, Document document, RunRecord.Kind kind) {
    RunRecord run = document.run();
    boolean purged = document.lifecycle() == Lifecycle.PURGED;
    boolean retained = document.lifecycle() == Lifecycle.RETAINED;
    if (run != null && (purged || (retained && kind == RunRecord.Kind.DEPROVISION))) {
      return Optional.of(new Run(core, key, run.id()));
    }
    if (kind == RunRecord.Kind.PURGE && !retained) {
      throw Refusals.refused(
          document, "Only a deprovisioned tenant can be purged. Deprovision it first.");
    }
    return Optional.empty();
  }

  // ---- looking

  /**
   * Asks the backends whether what is recorded is still there and as it was left. Changes nothing,
   * neither there nor here. Waits for each answer until its call is given up, and before that as
   * long as the engine's limits keep the call from beginning.
   *
   * @throws RefusedException if a run is under way
   * @throws dev.provisioner.error.ProvisioningException if the engine is closed meanwhile
   * @throws InterruptedException if the caller is interrupted; calls under way then end by
   *     themselves
   */
  public DriftReport drift(Plan<?> plan, TenantId tenant) throws InterruptedException {
    requireOpen();
    Document document = required(key(plan, tenant)).document();
    if (document.underWay()) {
      throw Refusals.refused(
          document, "A run is under way; what drifts cannot be told from its work.");
    }
    return new Drifts(core, document).report();
  }

  /** Returns what a step made for a tenant, or empty if nothing is recorded of it. */
  public <I, O> Optional<O> output(Plan<I> plan, TenantId tenant, Step<I, O> step) {
    return core.ledger
        .read(key(plan, tenant))
        .flatMap(entry -> new Outputs(entry.document(), core.codec).find(step));
  }

  /** Returns how a tenant stands, or empty if nothing is recorded of it. */
  public Optional<TenantStatus> status(Plan<?> plan, TenantId tenant) {
    return core.ledger
        .read(key(plan, tenant))
        .filter(entry -> entry.document().run() != null)
        .map(entry -> new Reports(entry.document()).status());
  }

  /** Returns the run under way for a tenant, or its last one. */
  public Optional<Run> run(Plan<?> plan, TenantId tenant) {
    DocumentKey key = key(plan, tenant);
    return core.ledger
        .read(key)
        .flatMap(entry -> Optional.ofNullable(entry.document().run()))
        .map(run -> new Run(core, key, run.id()));
  }

  /**
   * Returns a run by its id, as a host keeps it between two requests of its own; also one that
   * waits for another to end. Empty if it is not known, or not any more: the latest {@value
   * dev.provisioner.internal.document.PastRun#KEPT} past runs of each tenant are kept.
   */
  public Optional<Run> run(Plan<?> plan, TenantId tenant, String id) {
    DocumentKey key = key(plan, tenant);
    return core.ledger
        .read(key)
        .filter(entry -> entry.document().knows(id))
        .map(entry -> new Run(core, key, id));
  }

  /**
   * Looks at once for what is due, instead of at the next sweep: runs whose engine is gone, timers,
   * retention that is over.
   *
   * @return how many runs this engine goes on with
   */
  public int sweep() {
    requireOpen();
    return sweeper.sweep();
  }

  // ---- keys

  /**
   * Seals every secret recorded of this installation with the cipher's current key, whichever key
   * sealed it before, so that older keys can be removed; {@link
   * dev.provisioner.secret.AesGcmCipher} says when in a rotation to call it. Reads every document,
   * and writes those that need it, each whole and at once: it may be broken off at any instant, by
   * a crash too, and called again. It may run beside other engines, runs and calls of itself.
   *
   * <p>What a run has a lease on is left, as only its holder may write it: call again when the run
   * has ended or waits. Fingerprints do not change; the next {@link #provision} with the same input
   * does nothing.
   *
   * @return the keys in use afterwards, as {@link #keysInUse()} does
   * @throws dev.provisioner.error.SecretException if some could not be sealed anew, after all
   *     others were: nothing of theirs was touched
   */
  public Map<String, Integer> reseal() {
    requireOpen();
    return new Resealing(core).reseal();
  }

  /**
   * Tells with which keys the recorded secrets of this installation are sealed: the id of each key,
   * with the number of documents (a tenant under a plan) that need it. A key that is not named may
   * be removed, once every engine seals with another. Reads every document, writes none.
   *
   * @throws dev.provisioner.error.SecretException if something was not sealed by this engine's
   *     cipher
   * @throws dev.provisioner.error.StateStoreException also if a document is damaged: what it needs
   *     cannot be told
   */
  public Map<String, Integer> keysInUse() {
    requireOpen();
    return new Resealing(core).keysInUse();
  }

  /**
   * Tells with which keys a sealed input is sealed, which {@link #keysInUse()} does not count: who
   * keeps it does.
   */
  public Set<String> keysInUse(SealedInput input) {
    return new Resealing(core).keyIds(input);
  }

  /**
   * Returns a sealed input with its secrets sealed by the cipher's current key, whichever known key
   * sealed them before; its fingerprint does not change.
   *
   * @throws dev.provisioner.error.SecretException if a secret in it does not open
   */
  public SealedInput reseal(SealedInput input) {
    return new Resealing(core).reseal(input);
  }

  // ---- closing

  /** Closes the engine, waiting up to 10 s for calls under way. */
  @Override
  public void close() {
    try {
      close(DRAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Begins nothing new, waits for calls under way, then tells them to give up. What is not done
   * then is left recorded, and another engine, or this one's successor, goes on with it. Closing
   * twice is harmless.
   *
   * @param patience how long to wait for calls under way
   * @return the tenants whose runs were left unfinished
   * @throws InterruptedException if the caller is interrupted while it waits; the engine is closed
   *     nevertheless
   */
  public List<TenantId> close(Duration patience) throws InterruptedException {
    boolean already = core.closing();
    core.beginClosing();
    if (already) {
      return List.of();
    }
    sweeper.stop();
    try {
      List<TenantId> left = core.drain(patience);
      if (!left.isEmpty()) {
        log.warn("The engine was closed with {} unfinished run(s): {}", left.size(), left);
      }
      return left;
    } finally {
      release();
    }
  }

  private void release() throws InterruptedException {
    try {
      core.threads.close(core.settings.cancelGrace());
    } finally {
      core.closed().complete(null);
      try {
        announcement.close();
      } catch (Exception e) {
        log.warn("The engine's announcement could not be withdrawn.", e);
      }
    }
  }

  // ---- checks

  private <I> Binding<I> bind(Plan<I> plan, TenantId tenant, I input) {
    Binding<I> binding =
        new Binding<>(plan, tenant, input, core.settings.installation(), core.codec);
    return checked(binding);
  }

  private <B extends Binding<?>> B checked(B binding) {
    binding.requireRegistered(core.registry);
    binding.requireSealable();
    return binding;
  }

  /**
   * Adds a listener for events from now on, as {@link EngineBuilder#listener} does.
   *
   * @return removes it; what has happened before may still be told it
   */
  public AutoCloseable listen(EventListener listener) {
    return core.listen(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns the id of the installation. */
  public String installation() {
    return core.settings.installation();
  }

  /** Returns the plans that are registered, in the order in which they were. */
  public List<Plan<?>> plans() {
    return core.registry.plans();
  }

  /**
   * Returns the longest it takes an engine like this one, while the store answers, to take up a run
   * whose engine died: its leases are awaited from the first sweep that finds them overdue.
   */
  public Duration takeover() {
    Settings settings = core.settings;
    return settings
        .heartbeat()
        .multipliedBy(2)
        .plus(settings.lease())
        .plus(settings.sweepInterval());
  }

  private DocumentKey key(Plan<?> plan, TenantId tenant) {
    return new DocumentKey(core.settings.installation(), plan.name(), tenant);
  }

  private Ledger.Entry required(DocumentKey key) {
    return core.ledger
        .read(key)
        .orElseThrow(
            () ->
                new RefusedException(
                    "Nothing is recorded of this tenant. Provision it first.",
                    ErrorContext.of(key.tenant().toString(), key.plan())));
  }

  private void requireOpen() {
    core.requireOpen();
  }
}
