package dev.provisioner.engine;

import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, each in its own turn and from a bounded queue, so that none holds up a run or
 * another listener.
 */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);
  private static final int QUEUED = 10_000;

  private final List<Turn> turns = new CopyOnWriteArrayList<>();
  private final EngineThreads threads;

  Listeners(List<EventListener> listeners, EngineThreads threads) {
    this.threads = threads;
    listeners.forEach(this::add);
  }

  /** Adds a listener. What is returned removes it; what was told before it may still hear. */
  AutoCloseable add(EventListener listener) {
    Turn turn = new Turn(listener, threads);
    turns.add(turn);
    return () -> turns.remove(turn);
  }

  void tell(ProvisioningEvent event) {
    turns.forEach(turn -> turn.add(event));
  }

  private static final class Turn {
    private final EventListener listener;
    private final EngineThreads threads;
    private final Deque<ProvisioningEvent> queue = new ArrayDeque<>();
    private boolean running;
    private long lost;

    Turn(EventListener listener, EngineThreads threads) {
      this.listener = listener;
      this.threads = threads;
    }

    void add(ProvisioningEvent event) {
      synchronized (this) {
        if (queue.size() >= QUEUED) {
          queue.removeFirst();
          if (lost++ % QUEUED == 0) {
            log.warn("A listener is {} events behind; the oldest are dropped.", QUEUED);
          }
        }
        queue.add(event);
        if (running) {
          return;
        }
        running = true;
      }
      threads.call(this::tellAll);
    }

    private void tellAll() {
      for (ProvisioningEvent event = next(); event != null; event = next()) {
        try {
          listener.on(event);
        } catch (RuntimeException | LinkageError | AssertionError e) {
          log.warn("A listener threw on {}; it goes on with the next event.", event.describe(), e);
        }
      }
    }

    private synchronized @Nullable ProvisioningEvent next() {
      ProvisioningEvent event = queue.poll();
      if (event == null) {
        running = false;
      }
      return event;
    }
  }
}
