package dev.provisioner.internal.document;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.state.Summary.Lifecycle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything recorded of one tenant under one plan. Specs, outputs and the input are JSON in which
 * every secret is sealed.
 *
 * @param schema the version of this form, {@link DocumentFormat#SCHEMA}
 * @param tenant the raw tenant id
 * @param planVersion the version of the plan of the latest provision run
 * @param input what the host wants, as of the latest provision run; null after a purge
 * @param inputFingerprint tells two inputs apart without opening them
 * @param token the fencing token: rises by one whenever the lease changes hands
 * @param lease who works on it, or null
 * @param writeId unique per write; recognises one's own write after a lost response
 * @param events how many events were told, the sequence number of the last one
 * @param steps what stands, by step name
 * @param run the run under way, or the last one
 * @param history earlier runs, the latest first, bounded
 * @param signals what others wrote without the lease
 * @param retainedUntil when what is retained may be purged
 * @param ticket the number of the latest run that was asked for with one; none with a lower number
 *     begins after it
 * @param outbox the events that wait for durable listeners
 * @param more fields of a newer release, kept as they are
 */
public record Document(
    int schema,
    String installation,
    String plan,
    String tenant,
    long planVersion,
    Lifecycle lifecycle,
    @Nullable JsonNode input,
    @Nullable String inputFingerprint,
    long token,
    @Nullable Lease lease,
    String writeId,
    long events,
    Map<String, StepRecord> steps,
    @Nullable RunRecord run,
    List<PastRun> history,
    Signals signals,
    @Nullable Instant retainedUntil,
    long ticket,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Outbox.NotWritten.class)
        Outbox outbox,
    @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {

  /** Fills in what an older document lacks; refuses what none can lack. */
  public Document {
    steps = steps == null ? Rows.empty() : Rows.of(steps);
    history = history == null ? List.of() : List.copyOf(history);
    signals = signals == null ? Signals.NONE : signals;
    outbox = outbox == null ? Outbox.EMPTY : outbox;
    more = more == null ? Map.of() : more;
  }

  /** Returns the document of a tenant of which nothing is known yet. */
  public static Document blank(String installation, String plan, String tenant) {
    return new Document(
        DocumentFormat.SCHEMA,
        installation,
        plan,
        tenant,
        0,
        Lifecycle.NEW,
        null,
        null,
        0,
        null,
        "",
        0,
        Rows.empty(),
        null,
        List.of(),
        Signals.NONE,
        null,
        0,
        Outbox.EMPTY,
        Map.of());
  }

  /** Returns this document as the next write of a holder. */
  public Document written(@Nullable Lease newLease, long newToken, String newWriteId) {
    return with(newToken, newLease, newWriteId, steps, signals, outbox);
  }

  /** Returns this document with other signals. */
  public Document signals(Signals newSignals) {
    return with(token, lease, writeId, steps, newSignals, outbox);
  }

  /** Returns this document with other steps. */
  public Document steps(Map<String, StepRecord> newSteps) {
    return with(token, lease, writeId, newSteps, signals, outbox);
  }

  /** Returns this document with another outbox. */
  public Document outbox(Outbox newOutbox) {
    return with(token, lease, writeId, steps, signals, newOutbox);
  }

  private Document with(
      long newToken,
      @Nullable Lease newLease,
      String newWriteId,
      Map<String, StepRecord> newSteps,
      Signals newSignals,
      Outbox newOutbox) {
    return new Document(
        schema,
        installation,
        plan,
        tenant,
        planVersion,
        lifecycle,
        input,
        inputFingerprint,
        newToken,
        newLease,
        newWriteId,
        events,
        newSteps,
        run,
        history,
        newSignals,
        retainedUntil,
        ticket,
        newOutbox,
        more);
  }

  /** Returns the step's record, or null if nothing is recorded of it. */
  public @Nullable StepRecord step(String name) {
    return steps.get(name);
  }

  /** Returns whether this is the id of the run, a past one that is kept, or one that waits. */
  public boolean knows(String runId) {
    return (run != null && run.id().equals(runId))
        || signals.request(runId) != null
        || history.stream().anyMatch(past -> past.id().equals(runId));
  }

  /** Returns whether a run has still something to do. */
  public boolean underWay() {
    return run != null && run.status().underWay();
  }
}
