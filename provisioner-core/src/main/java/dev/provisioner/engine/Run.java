package dev.provisioner.engine;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.Progress;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.PastRun;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Signals;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a plan for a tenant. It goes on whether or not anybody holds this object, and
 * after a crash in another process. Thread-safe.
 */
public final class Run {
  /** How often the store is asked, if the run is not worked on here. */
  private static final Duration ASK_EVERY = Duration.ofMillis(500);

  /** How often it is asked otherwise, just in case. */
  private static final Duration ASK_ANYWAY = Duration.ofSeconds(5);

  private final Core core;
  private final DocumentKey key;
  private final String id;

  Run(Core core, DocumentKey key, String id) {
    this.core = core;
    this.key = key;
    this.id = id;
  }

  /** Returns the run's id. */
  public String id() {
    return id;
  }

  /** Returns the tenant it is for. */
  public TenantId tenant() {
    return key.tenant();
  }

  /** Returns the name of its plan. */
  public String plan() {
    return key.plan();
  }

  /**
   * Waits for the run to end.
   *
   * @param patience how long to wait at most; zero only looks
   * @return how it ended, or {@link Outcome.StillRunning}
   * @throws StateStoreException if the store does not answer
   */
  public Outcome await(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    long askAt = System.nanoTime() + ASK_ANYWAY.toNanos();
    CompletableFuture<Document> ending = core.ending(id);
    try {
      while (true) {
        long now = System.nanoTime();
        // While this engine works on it, it tells the end itself, and the store is asked less.
        if (now - end >= 0 || now - askAt >= 0 || !core.worksOn(key, id)) {
          Outcome outcome = outcome();
          if (now - end >= 0 || !(outcome instanceof Outcome.StillRunning)) {
            return outcome;
          }
          askAt = now + ASK_ANYWAY.toNanos();
        }
        Document ended = waitFor(ending, end);
        if (ended != null) {
          return outcome(ended);
        }
        ending = core.ending(id);
      }
    } finally {
      core.forget(id, ending);
    }
  }

  private static @Nullable Document waitFor(CompletableFuture<Document> ending, long end)
      throws InterruptedException {
    long left = Math.max(0, end - System.nanoTime());
    try {
      return ending.get(Math.min(left, ASK_EVERY.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null; // another process may have ended it: the store is asked again
    } catch (ExecutionException e) {
      throw new IllegalStateException("An ending never fails.", e);
    }
  }

  /** Returns how the run stands now, without waiting. */
  public Outcome outcome() {
    return outcome(document());
  }

  private Outcome outcome(Document document) {
    RunRecord run = document.run();
    if (run != null && run.id().equals(id)) {
      return new Reports(document).outcome(core.codec);
    }
    return document.history().stream()
        .filter(past -> past.id().equals(id))
        .findFirst()
        .map(past -> past(document, past))
        .orElseGet(() -> waitingOrGone(document));
  }

  private Outcome waitingOrGone(Document document) {
    Signals.Request waiting = document.signals().request(id);
    if (waiting != null && waiting.withdrawn()) {
      return new Outcome.Cancelled(new Told(id, "It was cancelled before it began."));
    }
    if (waiting != null) {
      return new Outcome.StillRunning(
          new Told(id, "It waits for the run under way to end."),
          new Progress(List.of(), 0, 1),
          true);
    }
    throw new IllegalStateException(
        "Nothing is known of run " + id + " of " + key + " any more: many runs came after it.");
  }

  private Outcome past(Document document, PastRun past) {
    String why = past.failure() == null ? "" : " " + past.failure();
    Told told =
        new Told(
            id,
            "The run "
                + past.status().name().toLowerCase(Locale.ROOT)
                + "."
                + why
                + " Another run has begun since.");
    if (past.status() == RunStatus.SUCCEEDED) {
      return new Outcome.Succeeded(told, true, new Outputs(document, core.codec));
    }
    return past.status() == RunStatus.CANCELLED
        ? new Outcome.Cancelled(told)
        : new Outcome.Failed(told, List.of(), false);
  }

  /** Returns how far the run is. */
  public Progress progress() {
    Document document = document();
    RunRecord run = document.run();
    return run != null && run.id().equals(id)
        ? new Reports(document).progress()
        : new Progress(List.of(), 1, 1);
  }

  /** Returns the run as plain text: what ran when, what was retried, what failed, what stands. */
  public String report() {
    Document document = document();
    RunRecord run = document.run();
    return run != null && run.id().equals(id) ? new Reports(document).text() : outcome().explain();
  }

  /**
   * Asks the run to stop: nothing new is begun, calls under way are told to give up, what was made
   * is recorded and kept. Returns at once; {@link #await} tells the end. A run that has ended, or
   * that rolls back, is left as it is. One that still waits for another to end never begins.
   */
  public void cancel() {
    core.cancel(key, id);
  }

  private Document document() {
    return core.ledger
        .read(key)
        .map(Ledger.Entry::document)
        .orElseThrow(
            () -> new StateStoreException("The state of " + key + " has gone from the store."));
  }

  @Override
  public String toString() {
    return "Run[" + id + " of " + key + "]";
  }
}
