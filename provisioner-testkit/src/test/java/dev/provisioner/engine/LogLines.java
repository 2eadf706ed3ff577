package dev.provisioner.engine;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps all that is logged, at every level, until it is closed. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final List<Logger> silenced = new ArrayList<>();
  final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  static LogLines capture() {
    LogLines lines = new LogLines();
    lines.setContext(lines.root.getLoggerContext());
    lines.start();
    lines.root.setLevel(Level.TRACE);
    for (Logger logger : lines.root.getLoggerContext().getLoggerList()) {
      if (logger.getLevel() == Level.OFF) {
        lines.silenced.add(logger);
        logger.setLevel(Level.TRACE);
      }
    }
    lines.root.addAppender(lines);
    return lines;
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.getMDCPropertyMap();
    events.add(event);
  }

  /** Returns all messages, with their arguments and what was thrown, traces and causes too. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : events) {
      text.append(event.getFormattedMessage())
          .append(' ')
          .append(Arrays.toString(event.getArgumentArray()))
          .append(' ')
          .append(event.getMDCPropertyMap())
          .append(ThrowableProxyUtil.asString(event.getThrowableProxy()))
          .append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    root.detachAppender(this);
    root.setLevel(before);
    silenced.forEach(logger -> logger.setLevel(Level.OFF));
    stop();
  }
}
