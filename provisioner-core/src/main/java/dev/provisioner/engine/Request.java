package dev.provisioner.engine;

import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.internal.machine.PlannedStep;
import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.state.Summary.RunStatus;
import java.util.List;
import java.util.Optional;

/**
 * A host's request to provision a tenant.
 *
 * @param input the input as it will be recorded
 */
record Request(
    Core core, DocumentKey key, Binding<?> binding, Codec.Encoded input, ProvisionOptions options) {

  /**
   * Submits the request.
   *
   * @return its run, an equal one under way, or the last one if there is nothing to do; empty if
   *     somebody else wrote meanwhile and it must be submitted again
   */
  Optional<Run> submit() {
    Ledger.Entry entry = core.ledger.readOrBlank(key);
    Document document = entry.document();
    Ticket ticket = options.ticket();
    if (ticket != null && document.knows(ticket.run())) {
      return Optional.of(new Run(core, key, ticket.run()));
    }
    if (ticket != null) {
      Refusals.requireNotOvertaken(document, ticket);
    }
    Refusals.requireNotNewer(document, binding.plan());
    if (document.underWay() || !document.signals().requests().isEmpty()) {
      return Optional.of(join(document));
    }
    if (document.lifecycle() == Lifecycle.RETAINED) {
      throw Refusals.refused(
          document,
          "The tenant was deprovisioned and what it retains is kept until "
              + document.retainedUntil()
              + ". Purge it before it is provisioned again.");
    }
    RunRecord last = document.run();
    if (last != null && nothingToDo(document)) {
      return Optional.of(new Run(core, key, last.id()));
    }
    Refusals.requireNotHeldBack(core, document);
    String id = ticket == null ? Opening.newRunId() : ticket.run();
    Input begin =
        Opening.provision(
            core,
            binding,
            id,
            input.json(),
            input.fingerprint(),
            ticket == null ? 0 : ticket.number(),
            options.by());
    Opening opening = new Opening(entry, document.signals(), binding, List.of(begin));
    return core.claim(key, opening).map(driver -> new Run(core, key, id));
  }

  private Run join(Document document) {
    RunRecord run = document.run();
    if (!document.signals().requests().isEmpty()) {
      return joinQueue(document);
    }
    boolean same =
        document.underWay()
            && run != null
            && run.kind() == RunRecord.Kind.PROVISION
            && run.status() == RunStatus.RUNNING
            && run.planVersion() == binding.plan().version()
            && input.fingerprint().equals(document.inputFingerprint());
    if (same && run != null) {
      return new Run(core, key, run.id());
    }
    return refuseOrQueue(document);
  }

  /** What was asked for last is what the tenant comes to: only that request can be the same. */
  private Run joinQueue(Document document) {
    List<Signals.Request> waiting = document.signals().requests();
    Signals.Request last = waiting.get(waiting.size() - 1);
    return !last.withdrawn()
            && last.planVersion() == binding.plan().version()
            && last.inputFingerprint().equals(input.fingerprint())
        ? new Run(core, key, last.id())
        : refuseOrQueue(document);
  }

  private Run refuseOrQueue(Document document) {
    RunRecord run = document.run();
    if (document.underWay() && run != null && run.kind() == RunRecord.Kind.DEPROVISION) {
      throw Refusals.refused(
          document,
          "The tenant is being deprovisioned. Wait for that and purge it before it is provisioned"
              + " again.");
    }
    if (options.whenRunning() == WhenRunning.REFUSE) {
      throw Refusals.forNow(
          document,
          "Another run is under way. Wait for it, cancel it, or ask with whenRunning(QUEUE).");
    }
    return queue();
  }

  private Run queue() {
    Signals.Request request =
        new Signals.Request(
            Opening.newRunId(),
            input.json(),
            input.fingerprint(),
            binding.plan().version(),
            false,
            options.by());
    core.signal(
        key,
        document -> {
          Refusals.requireNotHeldBack(core, document);
          if (document.signals().requests().size() >= Signals.QUEUED_AT_MOST) {
            throw Refusals.refused(
                document,
                Signals.QUEUED_AT_MOST
                    + " requests wait already. Wait for them, or send only the latest.");
          }
          return document.signals().add(request);
        });
    return new Run(core, key, request.id());
  }

  /** Whether a run would change nothing, not even what is recorded of policies. */
  private boolean nothingToDo(Document document) {
    RunRecord last = document.run();
    if (last == null
        || last.status() != RunStatus.SUCCEEDED
        || document.lifecycle() != Lifecycle.ACTIVE
        || document.planVersion() != binding.plan().version()
        || !input.fingerprint().equals(document.inputFingerprint())) {
      return false;
    }
    if (new Previews(core.calls, document, binding).preview().changes()) {
      return false;
    }
    for (PlannedStep step : binding.planned(core.settings)) {
      StepRecord record = document.step(step.name());
      boolean skipped = binding.skipped(step.name()).isPresent();
      if (record == null ? !skipped : !asPlanned(record, step)) {
        return false;
      }
    }
    return true;
  }

  private static boolean asPlanned(StepRecord record, PlannedStep step) {
    return record.policy().equals(step.policy())
        && record.dependsOn().equals(step.dependsOn())
        && record.deposed().stream()
            .noneMatch(deposed -> record.policy().onDeprovision() == OnDeprovision.DELETE);
  }
}
