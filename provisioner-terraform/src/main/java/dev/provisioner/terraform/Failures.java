package dev.provisioner.terraform;

import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.TransientException;
import java.time.Duration;
import java.util.List;

/**
 * Turns diagnostics into typed errors. Terraform's diagnostics carry no codes, so the {@code
 * summary} and {@code detail} fields of its JSON events decide; text written for people on standard
 * output or error is never read. What is not known is permanent: retrying a wrong module for an
 * hour helps nobody, and a run can always be resumed.
 */
final class Failures {
  private static final List<String> LOCKED = List.of("error acquiring the state lock");
  private static final List<String> STATE_NOT_SAVED =
      List.of("failed to persist state", "failed to save state", "error saving state");
  private static final List<String> TRANSIENT =
      List.of(
          "exceeded maximum number of attempts",
          "connection refused",
          "connection reset",
          "broken pipe",
          "i/o timeout",
          "tls handshake timeout",
          "context deadline exceeded",
          "temporary failure in name resolution",
          "request cancelled",
          "execution halted",
          "text file busy",
          "throttl",
          "rate exceeded",
          "too many requests",
          "requestlimitexceeded",
          "slowdown",
          "service unavailable",
          "statuscode: 429",
          "statuscode: 500",
          "statuscode: 502",
          "statuscode: 503",
          "statuscode: 504");

  /** Its process was killed, by the system for want of memory perhaps, or did not come up. */
  private static final List<String> PROVIDER_DIED =
      List.of("plugin did not respond", "failed to read any lines from plugin's stdout");

  private static final List<String> EXISTS =
      List.of("already exists", "bucketalready", "alreadyexists", "statuscode: 409");
  private static final List<String> NEEDS_INIT =
      List.of(
          "inconsistent dependency lock file",
          "required plugins are not installed",
          "backend initialization required",
          "module not installed",
          "failed to load plugin schemas",
          "missing required provider");

  private Failures() {}

  static boolean needInit(List<Diagnostic> errors) {
    return errors.stream().anyMatch(d -> saysAny(d, NEEDS_INIT));
  }

  static boolean stalePlan(List<Diagnostic> errors) {
    return errors.stream().anyMatch(d -> d.says("saved plan is stale"));
  }

  /** Returns the error for a command that failed with these diagnostics. */
  static ProvisioningException of(List<String> command, int exitCode, List<Diagnostic> errors) {
    String failed = "Terraform " + Commands.shown(command) + " failed";
    if (errors.isEmpty()) {
      return withoutDiagnostic(command, failed + " with exit code " + exitCode);
    }
    String message = failed + ": " + shown(errors);
    if (errors.stream().anyMatch(d -> saysAny(d, STATE_NOT_SAVED))) {
      return new AmbiguousException(
          message + " The state it wrote aside is pushed at the next attempt.");
    }
    if (errors.stream().anyMatch(d -> saysAny(d, LOCKED))) {
      return new TransientException(
          message + " Another Terraform process works on this stack; it ends by itself.",
          Duration.ofSeconds(5),
          null);
    }
    if (errors.stream().allMatch(Failures::passes)) {
      return errors.stream().anyMatch(d -> saysAny(d, PROVIDER_DIED))
          ? providerDied(command, message)
          : new TransientException(message);
    }
    if (errors.stream().anyMatch(d -> saysAny(d, EXISTS))) {
      return new PermanentException(
          message
              + " Something with this name is there, but not in this stack's state. If an apply of"
              + " this stack was killed, it may have made it: delete it, or bring it into the stack"
              + " with an import block in the module. If it is somebody else's, choose another name"
              + " in the variables.");
    }
    return new PermanentException(message);
  }

  private static boolean passes(Diagnostic diagnostic) {
    return !saysAny(diagnostic, EXISTS)
        && (saysAny(diagnostic, TRANSIENT) || saysAny(diagnostic, PROVIDER_DIED));
  }

  private static ProvisioningException providerDied(List<String> command, String message) {
    String died = message + " The provider's process has ended in the middle.";
    return Commands.changesResources(command)
        ? new AmbiguousException(
            died
                + " What it was making at that moment may exist without being in the state. The"
                + " next attempt goes on from there.")
        : new TransientException(died + " Nothing was changed.");
  }

  private static ProvisioningException withoutDiagnostic(List<String> command, String failed) {
    String message = failed + " and without a diagnostic; see its .stderr file in the stack's";
    return Commands.changesResources(command)
        ? new AmbiguousException(message + " directory.")
        : new TransientException(message + " directory. Nothing was changed.");
  }

  private static String shown(List<Diagnostic> errors) {
    int shown = Math.min(errors.size(), 3);
    StringBuilder text = new StringBuilder();
    for (Diagnostic error : errors.subList(0, shown)) {
      if (!text.isEmpty()) {
        text.append(' ');
      }
      text.append(error.shown().isEmpty() ? "an error without a text" : error.shown());
      if (text.charAt(text.length() - 1) != '.') {
        text.append('.');
      }
    }
    if (errors.size() > shown) {
      text.append(" (and ").append(errors.size() - shown).append(" more errors)");
    }
    return text.toString();
  }

  private static boolean saysAny(Diagnostic diagnostic, List<String> texts) {
    return texts.stream().anyMatch(diagnostic::says);
  }
}
