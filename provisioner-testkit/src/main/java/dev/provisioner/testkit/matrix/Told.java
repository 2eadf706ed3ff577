package dev.provisioner.testkit.matrix;

import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepStarted;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What listeners were told. */
final class Told {
  /** What is told only after a crash. */
  static final Set<String> OF_A_RECOVERY = Set.of("RunResumed");

  private Told() {}

  /** Returns what an event is about, without times and counts. */
  static String what(ProvisioningEvent event) {
    String kind = event.getClass().getSimpleName();
    if (event instanceof StepStarted started) {
      return kind + " " + started.step() + " " + started.work();
    } else if (event instanceof StepWaiting waiting) {
      return kind + " " + waiting.step();
    } else if (event instanceof StepRetrying retrying) {
      return kind + " " + retrying.step();
    } else if (event instanceof StepDone done) {
      return kind + " " + done.step() + " " + done.result();
    } else if (event instanceof StepFailed failed) {
      return kind + " " + failed.step() + " " + Recorded.masked(failed.error());
    } else if (event instanceof RunEnded ended) {
      return kind + " " + ended.status();
    }
    return kind;
  }

  /** Returns the sequence numbers under which different events were told. */
  static List<String> twice(List<ProvisioningEvent> all) {
    Map<Long, String> told = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (ProvisioningEvent event : all) {
      if (!(event instanceof StepStarted
          || event instanceof StepProgressed
          || event instanceof LeaseLost)) {
        String before = told.putIfAbsent(event.header().sequence(), what(event));
        if (before != null) {
          twice.add("event " + event.header().sequence() + " is " + before + " and " + what(event));
        }
      }
    }
    return twice;
  }
}
