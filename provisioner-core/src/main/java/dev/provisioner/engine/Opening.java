package dev.provisioner.engine;

import dev.provisioner.error.RefusedException;
import dev.provisioner.internal.document.Delivery;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Lease;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.internal.machine.Timers;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.plan.Plan;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.Summary.Lifecycle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an engine is to go on with a document it does not hold yet.
 *
 * @param entry the document as it was read
 * @param signals the signals it begins with, those that are taken up removed
 * @param binding the plan bound to the input, or null for a removal
 * @param inputs what the machine is to be told first
 */
record Opening(
    Ledger.Entry entry, Signals signals, @Nullable Binding<?> binding, List<Input> inputs) {
  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  /** Returns how to go on with a document, or empty if there is nothing to do, or not for us. */
  static Optional<Opening> of(Core core, DocumentKey key, Ledger.Entry entry) {
    Document document = entry.document();
    if (heldByAnother(core, key, document)) {
      return Optional.empty();
    }
    Plan<?> plan = core.registry.plan(document.plan()).orElse(null);
    if (plan != null && plan.version() < document.planVersion()) {
      log.debug("{} was provisioned with a newer version of its plan; left to newer nodes.", key);
      return Optional.empty();
    }
    if (document.underWay()) {
      return waits(core, document) ? Optional.empty() : ofRun(core, key, entry, plan);
    }
    if (core.settings.holdsBack(document)) {
      return Optional.empty();
    }
    if (!document.signals().requests().isEmpty()) {
      return ofRequest(core, key, entry, plan);
    }
    boolean purge =
        document.lifecycle() == Lifecycle.RETAINED
            && document.retainedUntil() != null
            && !document.retainedUntil().isAfter(core.settings.clock().instant())
            && document.run() != null
            && document.run().kind() == RunRecord.Kind.DEPROVISION;
    return purge
        ? Optional.of(removal(entry, newRunId(), 0, RunRecord.Kind.PURGE, null, null))
        : Optional.empty();
  }

  /** Whether a run was left until later, and only events wait to be told. */
  private static boolean waits(Core core, Document document) {
    if (document.lease() != null
        || document.outbox().empty()
        || document.signals().cancel() != null) {
      return false;
    }
    boolean heldBack = core.settings.holdsBack(document);
    Instant next = Timers.next(document, heldBack);
    return next == null ? heldBack : next.isAfter(core.settings.clock().instant());
  }

  private static boolean heldByAnother(Core core, DocumentKey key, Document document) {
    Lease lease = document.lease();
    if (lease == null) {
      core.watch.forget(key);
      return false;
    }
    return !core.store.certainlyDead(lease.holder()) && !core.watch.runOut(key, document);
  }

  private static Optional<Opening> ofRun(
      Core core, DocumentKey key, Ledger.Entry entry, @Nullable Plan<?> plan) {
    Document document = entry.document();
    RunRecord run = document.run();
    boolean calling =
        run != null && run.tasks().values().stream().anyMatch(task -> task.phase().calling());
    List<Input> first =
        List.of(
            new Input.Delivered(Delivery.NONE),
            document.lease() != null || calling ? new Input.Recover() : new Input.Tick());
    if (run == null || run.kind() != RunRecord.Kind.PROVISION) {
      return Optional.of(new Opening(entry, document.signals(), null, first));
    }
    boolean cancelled = run.id().equals(document.signals().cancel());
    if (cancelled) {
      // Stopping needs no specs: it must work even where the plan or the input cannot be read.
      return Optional.of(new Opening(entry, document.signals(), null, first));
    }
    if (plan == null || document.input() == null) {
      log.debug("{} has an unfinished run, but its plan is not registered here.", key);
      return Optional.empty();
    }
    Binding<?> binding = Binding.recorded(plan, document, document.input(), core.codec);
    return Optional.of(new Opening(entry, document.signals(), binding, first));
  }

  private static Optional<Opening> ofRequest(
      Core core, DocumentKey key, Ledger.Entry entry, @Nullable Plan<?> plan) {
    Document document = entry.document();
    Signals.Request request = document.signals().requests().get(0);
    if (request.withdrawn()) {
      return Optional.of(declined(entry, request, null));
    }
    if (plan == null || request.planVersion() > plan.version()) {
      return Optional.empty();
    }
    Binding<?> binding;
    try {
      binding = Binding.recorded(plan, document, request.input(), core.codec);
    } catch (RefusedException e) {
      log.warn("A request that waited for {} cannot be carried out; its run fails.", key, e);
      Failure why = new Failure(Failure.Type.PERMANENT, e.plainMessage(), null, null);
      return Optional.of(declined(entry, request, why));
    }
    Input begin =
        provision(
            core,
            binding,
            request.id(),
            request.input(),
            request.inputFingerprint(),
            0,
            request.by());
    return Optional.of(
        new Opening(entry, document.signals().without(request.id()), binding, List.of(begin)));
  }

  private static Opening declined(
      Ledger.Entry entry, Signals.Request request, @Nullable Failure why) {
    Signals left = entry.document().signals().without(request.id());
    Input decline = new Input.Decline(request.id(), request.planVersion(), why, request.by());
    return new Opening(entry, left, null, List.of(decline));
  }

  /** Returns how a provision run begins. */
  static Input.Begin provision(
      Core core,
      Binding<?> binding,
      String run,
      com.fasterxml.jackson.databind.JsonNode input,
      String inputFingerprint,
      long ticket,
      @Nullable String by) {
    Plan<?> plan = binding.plan();
    return new Input.Begin(
        run,
        RunRecord.Kind.PROVISION,
        plan.version(),
        input,
        inputFingerprint,
        binding.planned(core.settings),
        plan.deadline().orElse(null),
        plan.onFailure(),
        null,
        ticket,
        by);
  }

  /** Returns how a removal begins; it needs no plan. */
  static Opening removal(
      Ledger.Entry entry,
      String run,
      long ticket,
      RunRecord.Kind kind,
      @Nullable Duration retention,
      @Nullable String by) {
    Input begin =
        new Input.Begin(
            run, kind, 0, null, null, List.of(), null, OnFailure.KEEP, retention, ticket, by);
    return new Opening(entry, entry.document().signals(), null, List.of(begin));
  }

  static String newRunId() {
    return UUID.randomUUID().toString();
  }
}
