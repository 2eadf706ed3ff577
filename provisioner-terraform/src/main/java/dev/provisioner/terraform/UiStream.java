package dev.provisioner.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.spi.Attempt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the events of {@code -json}: tells how far the command is, and keeps diagnostics and drift.
 * Lines that are no JSON are passed over; Terraform writes some.
 *
 * <p>One call's, one thread's.
 */
final class UiStream {
  private static final int MOST_KEPT = 50;
  private static final int MOST_COUNTED = 100_000;

  private final Attempt attempt;
  private final Redactor redactor;
  private final Set<String> planned = new HashSet<>();
  private final Set<String> finished = new HashSet<>();
  private final List<Diagnostic> errors = new ArrayList<>();
  private final Set<String> drift = new LinkedHashSet<>();
  private boolean outputsChanged;

  UiStream(Attempt attempt, Redactor redactor) {
    this.attempt = attempt;
    this.redactor = redactor;
  }

  void line(String line) {
    JsonNode event;
    try {
      if (!line.startsWith("{")) {
        return;
      }
      event = Json.parse(line);
    } catch (JsonProcessingException | RuntimeException e) { // it throws both at bad numbers
      return; // not an event
    }
    switch (event.path("type").asText("")) {
      case "planned_change" -> planned(event.path("change"));
      case "resource_drift" -> drifted(event.path("change"));
      case "outputs" -> outputs(event.path("outputs"));
      case "apply_complete" -> finished(event.path("hook"), " complete");
      case "apply_errored" -> finished(event.path("hook"), " failed");
      case "diagnostic" -> diagnosed(Diagnostic.of(event, redactor));
      default -> {
        // of no interest, or of a later version
      }
    }
  }

  List<Diagnostic> errors() {
    return List.copyOf(errors);
  }

  /** Returns the addresses that drifted, each with what happened to it. */
  List<String> drift() {
    return List.copyOf(drift);
  }

  /** Returns whether a plan would change an output. */
  boolean outputsChanged() {
    return outputsChanged;
  }

  private void outputs(JsonNode outputs) {
    for (JsonNode output : outputs) {
      outputsChanged |= !output.path("action").asText("noop").equals("noop");
    }
  }

  private void planned(JsonNode change) {
    String action = change.path("action").asText("");
    if (!action.equals("noop") && !action.equals("read") && planned.size() < MOST_COUNTED) {
      planned.add(address(change));
    }
  }

  private void drifted(JsonNode change) {
    if (drift.size() < MOST_KEPT) {
      String action = change.path("action").asText("");
      String what = action.equals("delete") ? " is gone" : " was changed outside Terraform";
      drift.add(address(change) + what);
    }
  }

  private void finished(JsonNode hook, String how) {
    String address = address(hook);
    if (!planned.contains(address)) {
      return;
    }
    finished.add(address);
    String action = Diagnostic.oneLine(hook.path("action").asText("change"));
    attempt.progress(finished.size(), planned.size(), address + ": " + action + how);
  }

  private void diagnosed(Diagnostic diagnostic) {
    if (diagnostic.error() && errors.size() < MOST_KEPT) {
      errors.add(diagnostic);
    }
  }

  private String address(JsonNode change) {
    return Diagnostic.oneLine(redactor.redact(change.path("resource").path("addr").asText("")));
  }
}
