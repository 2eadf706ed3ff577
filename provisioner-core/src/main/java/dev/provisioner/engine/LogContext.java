package dev.provisioner.engine;

import dev.provisioner.event.EventHeader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts tenant, plan, run, step and attempt into the logging context of the current thread until it
 * is closed, which puts back what was there.
 */
final class LogContext implements AutoCloseable {
  private final Map<String, @Nullable String> before = new LinkedHashMap<>();

  static LogContext of(EventHeader header) {
    return new LogContext()
        .put("tenant", header.tenant().toString())
        .put("plan", header.plan())
        .put("run", header.run());
  }

  LogContext put(String key, String value) {
    before.put(key, MDC.get(key));
    MDC.put(key, value);
    return this;
  }

  @Override
  public void close() {
    before.forEach(
        (key, value) -> {
          if (value == null) {
            MDC.remove(key);
          } else {
            MDC.put(key, value);
          }
        });
  }
}
