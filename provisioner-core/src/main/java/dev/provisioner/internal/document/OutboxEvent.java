package dev.provisioner.internal.document;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.Progress;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RollbackStarted;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.RunResumed;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event as it waits in the outbox.
 *
 * @param what which event
 * @param text its words: a kind, a reason, a result, an error
 * @param count a number: of attempts, or of pieces done
 * @param of what that number may come to
 * @param time how long it took, or takes until the next attempt
 * @param until when it goes on
 * @param more fields of a newer release, kept as they are
 */
public record OutboxEvent(
    long sequence,
    String what,
    Instant at,
    String run,
    @Nullable String by,
    @Nullable String step,
    @Nullable String text,
    @Nullable RunStatus status,
    int count,
    int of,
    @Nullable Duration time,
    @Nullable Instant until,
    @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> more) {
  private static final int LONGEST = 1_000;
  private static final int REST = 150;

  private static final Set<String> KNOWN =
      Set.of(
          "RunStarted",
          "RunResumed",
          "RollbackStarted",
          "RunEnded",
          "StepWaiting",
          "StepRetrying",
          "StepDone",
          "StepFailed");

  /** Fills in what an older document lacks; refuses what none can lack, and what makes no event. */
  public OutboxEvent {
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(run, "run");
    more = more == null ? Map.of() : more;
    if (what.startsWith("Step") && KNOWN.contains(what)) {
      Objects.requireNonNull(step, "step");
    }
    switch (what) {
      case "RunEnded" -> Objects.requireNonNull(status, "status");
      case "StepWaiting" -> Objects.requireNonNull(until, "until");
      default -> {}
    }
  }

  private static OutboxEvent of(
      ProvisioningEvent event,
      @Nullable String step,
      String text,
      @Nullable RunStatus status,
      int count,
      int of,
      @Nullable Duration time,
      @Nullable Instant until) {
    EventHeader header = event.header();
    return new OutboxEvent(
        header.sequence(),
        event.getClass().getSimpleName(),
        header.at(),
        header.run(),
        header.by(),
        step,
        cut(text),
        status,
        count,
        of,
        time,
        until,
        Map.of());
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "…";
  }

  /** Returns an event as it is recorded. */
  public static OutboxEvent of(ProvisioningEvent event) {
    if (event instanceof RunStarted e) {
      return of(event, null, e.kind(), null, 0, 0, null, null);
    } else if (event instanceof RunResumed e) {
      return of(event, null, e.reason(), null, 0, 0, null, null);
    } else if (event instanceof RollbackStarted e) {
      return of(event, null, e.reason(), null, 0, 0, null, null);
    } else if (event instanceof RunEnded e) {
      return of(event, null, e.summary(), e.status(), 0, 0, e.took(), null);
    } else if (event instanceof StepWaiting e) {
      return of(event, e.step(), e.waitingFor(), null, 0, 0, null, e.nextLook());
    } else if (event instanceof StepRetrying e) {
      return of(event, e.step(), e.error(), null, e.failedAttempt(), e.maxAttempts(), e.in(), null);
    } else if (event instanceof StepDone e) {
      Progress progress = e.progress();
      return of(
          event,
          e.step(),
          e.result(),
          null,
          progress.completed(),
          progress.total(),
          e.took(),
          null);
    } else if (event instanceof StepFailed e) {
      return of(event, e.step(), e.error(), null, 0, 0, e.took(), null);
    }
    throw new IllegalArgumentException("not recorded: " + event);
  }

  /** Returns whether this release knows such events; one of a newer release may have others. */
  public boolean known() {
    return KNOWN.contains(what);
  }

  /** Returns the event as it is told. */
  public ProvisioningEvent told(Document document) {
    EventHeader header =
        new EventHeader(
            sequence,
            at,
            document.installation(),
            TenantId.of(document.tenant()),
            document.plan(),
            run,
            by);
    String words = Objects.requireNonNullElse(text, "");
    Duration took = Objects.requireNonNullElse(time, Duration.ZERO);
    String named = Objects.requireNonNullElse(step, "");
    return switch (what) {
      case "RunStarted" -> new RunStarted(header, words);
      case "RunResumed" -> new RunResumed(header, words);
      case "RollbackStarted" -> new RollbackStarted(header, words);
      case "RunEnded" -> new RunEnded(header, Objects.requireNonNull(status), words, took);
      case "StepWaiting" -> new StepWaiting(header, named, words, Objects.requireNonNull(until));
      case "StepRetrying" -> new StepRetrying(header, named, count, of, took, words);
      case "StepDone" ->
          new StepDone(header, named, words, took, new Progress(List.of(), count, of));
      case "StepFailed" -> new StepFailed(header, named, words, took);
      default -> throw new IllegalStateException("unknown: " + what);
    };
  }

  /** Returns about how many characters it takes. */
  int size() {
    return REST + length(step) + length(text) + length(by);
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
