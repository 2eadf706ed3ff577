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
   */
  public record Request(String id, JsonNode input, String inputFingerprint, long planVersion) {

    /** Refuses what is missing. */
    public Request {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(inputFingerprint, "inputFingerprint");
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

  /**
   * Returns these signals, as they stand in the store, without what a holder has taken up.
   *
   * @param before the signals the holder last read
   * @param after what it left of them
   */
  public Signals rebased(Signals before, Signals after) {
    List<Request> open =
        requests.stream()
            .filter(
                request -> !before.requests.contains(request) || after.requests.contains(request))
            .toList();
    boolean cancelTaken =
        before.cancel != null && after.cancel == null && before.cancel.equals(cancel);
    return new Signals(cancelTaken ? null : cancel, open);
  }
}
