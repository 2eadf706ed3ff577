package dev.provisioner.engine;

import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.state.Summary.RunStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes events to the log, with tenant, plan and run in the MDC. */
final class EventLog {
  private static final Logger log = LoggerFactory.getLogger("dev.provisioner.events");

  private EventLog() {}

  static void write(ProvisioningEvent event) {
    Level level = level(event);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    try (LogContext context = LogContext.of(event.header())) {
      log.atLevel(level)
          .log(
              "{} [tenant={} plan={} run={}]",
              event.describe(),
              event.header().tenant(),
              event.header().plan(),
              event.header().run());
    }
  }

  private static Level level(ProvisioningEvent event) {
    if (event instanceof StepFailed
        || event instanceof LeaseLost
        || event instanceof StepRetrying
        || (event instanceof RunEnded ended && ended.status() == RunStatus.FAILED)) {
      return Level.WARN;
    }
    return event instanceof StepProgressed ? Level.DEBUG : Level.INFO;
  }
}
