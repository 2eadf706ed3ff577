package dev.provisioner.jdbc;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Silences the library while engines die by the thousand. */
final class QuietLogs implements BeforeAllCallback, AfterAllCallback {
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.provisioner");

  @Override
  public void beforeAll(ExtensionContext context) {
    logger.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    logger.setLevel(null);
  }
}
