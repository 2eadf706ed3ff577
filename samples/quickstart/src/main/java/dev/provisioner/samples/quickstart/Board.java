package dev.provisioner.samples.quickstart;

import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.RunResumed;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepStarted;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What is shown: one row per tenant, kept up to date by the engine's events. Thread-safe. */
final class Board implements EventListener {
  private static final Set<String> NO_CHANGE = Set.of("unchanged", "skipped", "kept", "retained");

  private final Map<TenantId, Row> rows = new LinkedHashMap<>();
  private volatile BiConsumer<Row, ProvisioningEvent> told = (row, event) -> {};

  Board(List<Customer> customers) {
    customers.forEach(customer -> rows.put(customer.id(), new Row(customer)));
  }

  /** Sets who else is told, within the board's lock. */
  void tell(BiConsumer<Row, ProvisioningEvent> listener) {
    this.told = listener;
  }

  @Override
  public synchronized void on(ProvisioningEvent event) {
    Row row = rows.get(event.header().tenant());
    if (row == null) {
      return; // of an earlier file
    }
    update(row, event);
    told.accept(row, event);
    notifyAll();
  }

  private static void update(Row row, ProvisioningEvent event) {
    if (event instanceof RunStarted || event instanceof RunResumed) {
      row.begin();
    } else if (event instanceof StepStarted started) {
      row.progress(started.progress());
      row.current.put(started.step(), started.work());
    } else if (event instanceof StepProgressed progressed) {
      row.current.put(progressed.step(), progressed.message());
    } else if (event instanceof StepWaiting waiting) {
      row.current.put(waiting.step(), "waits for " + waiting.waitingFor());
    } else if (event instanceof StepRetrying retrying) {
      row.current.put(retrying.step(), "tries again: " + retrying.error());
    } else if (event instanceof StepFailed failed) {
      row.current.remove(failed.step());
    } else if (event instanceof StepDone done) {
      row.progress(done.progress());
      row.current.remove(done.step());
      if (!NO_CHANGE.contains(done.result())) {
        row.changed.add(done.step());
      }
    } else if (event instanceof RunEnded ended) {
      boolean well = ended.status() == RunStatus.SUCCEEDED;
      row.end(well ? Row.State.DONE : Row.State.FAILED);
      row.verdict = well ? row.changed.size() + " steps changed" : "failed";
      row.endedRuns.add(event.header().run());
    }
  }

  /** Waits until the end of a run has been told: events come a moment after the fact. */
  synchronized void awaitEnd(TenantId tenant, String run, Duration patience)
      throws InterruptedException {
    Row row = rows.get(tenant);
    long end = System.nanoTime() + patience.toNanos();
    while (row != null && !row.endedRuns.contains(run) && System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, end - System.nanoTime()));
    }
  }

  synchronized void nothingToDo(TenantId tenant) {
    Row row = rows.get(tenant);
    if (row != null) {
      row.begin();
      row.end(Row.State.DONE);
      row.verdict = "nothing to do";
    }
  }

  synchronized List<String> changed(TenantId tenant) {
    Row row = rows.get(tenant);
    return row == null ? List.of() : List.copyOf(row.changed);
  }

  synchronized Duration took(TenantId tenant) {
    Row row = rows.get(tenant);
    return row == null ? Duration.ZERO : row.took();
  }

  /** Does something with the rows while they stand still. */
  synchronized <T> T with(Function<List<Row>, T> use) {
    return use.apply(List.copyOf(rows.values()));
  }
}
