package dev.provisioner.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What anyone may write without the lease. Writers change nothing else; the holder, whose write
 * then collides, reads again and keeps them.
 *
 * @param cancel the id of the run that is to be cancelled, or null
 * @param requests what to do after the run under way, first come first served
 */
public record Signals(@Nullable String cancel, List<Request> requests) {
  /** How many requests may wait. */
  public static final int QUEUED_AT_MOST = 16;

  /** Nothing was signalled. */
  public static final Signals NONE = new Signals(null, List.of());

  /** Fills in what an older document lacks. */
  public Signals {
    requests = requests == null ? List.of() : List.copyOf(requests);
  }

  /**
   * Asks for a run.
   *
   * @param id the id the run will have
   * @param planVersion the version of the plan the request was made with
   * @param withdrawn whether somebody asked for it not to begin; it stays in line until it would
   * @param by who asked, or null if the host did not say
   */
  public record Request(
      String id,
      JsonNode input,
      String inputFingerprint,
      long planVersion,
      boolean withdrawn,
      @Nullable String by) {

    /** Refuses what is missing. */
    public Request {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(inputFingerprint, "inputFingerprint");
    }

    Request withdraw() {
      return new Request(id, input, inputFingerprint, planVersion, true, by);
    }
  }

  /** Returns these signals with a run to be cancelled. */
  public Signals cancel(@Nullable String run) {
    return new Signals(run, requests);
  }

  /** Returns these signals with one more request. */
  public Signals add(Request request) {
    List<Request> all = new ArrayList<>(requests);
    all.add(request);
    return new Signals(cancel, all);
  }

  /** Returns these signals without a request that has become a run. */
  public Signals without(String requestId) {
    return new Signals(
        cancel, requests.stream().filter(request -> !request.id().equals(requestId)).toList());
  }

  /** Returns the request for a run, or null if none with this id waits. */
  public @Nullable Request request(String id) {
    return requests.stream().filter(request -> request.id().equals(id)).findFirst().orElse(null);
  }

  /** Returns these signals with a request that is not to begin. */
  public Signals withdraw(String requestId) {
    return new Signals(
        cancel,
        requests.stream()
            .map(request -> request.id().equals(requestId) ? request.withdraw() : request)
            .toList());
  }

  /**
   * Returns these signals, as they stand in the store, without what a holder has taken up. A
   * request that was withdrawn after it was taken up is a run to be cancelled.
   *
   * @param before the signals the holder last read
   * @param after what it left of them
   */
  public Signals rebased(Signals before, Signals after) {
    List<Request> open = new ArrayList<>();
    boolean cancelTaken =
        before.cancel != null && after.cancel == null && before.cancel.equals(cancel);
    String toCancel = cancelTaken ? null : cancel;
    for (Request request : requests) {
      boolean taken = before.request(request.id()) != null && after.request(request.id()) == null;
      if (!taken) {
        open.add(request);
      } else if (request.withdrawn()) {
        toCancel = request.id();
      }
    }
    return new Signals(toCancel, open);
  }
}
