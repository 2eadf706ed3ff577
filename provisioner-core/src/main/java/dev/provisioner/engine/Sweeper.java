package dev.provisioner.engine;

import dev.provisioner.error.ProvisioningException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what is due, now and then: timers of runs that wait without a lease, runs whose engine
 * is gone, retention that is over, requests that wait for their turn.
 */
final class Sweeper {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final int FEW = 256;
  private static final int MANY = 10_000;

  /** An engine that works on so many runs takes up more of them by and by only. */
  private static final int BUSY = 1_024;

  private final Core core;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile EngineThreads.@Nullable Timer timer;
  private final Map<DocumentKey, String> complained = new ConcurrentHashMap<>();
  // Guarded by sweeping.
  private int limit = FEW;
  private boolean storeLost;
  private volatile boolean more;

  Sweeper(Core core) {
    this.core = core;
  }

  void start() {
    core.threads.drive(this::sweepAndGoOn);
  }

  void stop() {
    EngineThreads.Timer next = timer;
    if (next != null) {
      next.cancel();
    }
  }

  private void sweepAndGoOn() {
    try {
      sweep();
    } finally {
      if (!core.closing()) {
        boolean atOnce = more && core.drivers().size() < BUSY;
        timer =
            core.threads.after(
                atOnce ? Duration.ZERO : core.settings.sweepInterval(),
                () -> core.threads.drive(this::sweepAndGoOn));
      }
    }
  }

  /** Looks at all that is due. Returns how many documents this engine goes on with. */
  int sweep() {
    if (!sweeping.compareAndSet(false, true)) {
      return 0;
    }
    more = false;
    try {
      Instant now = core.settings.clock().instant();
      List<StateStore.Listed> due = core.store.due(core.settings.installation(), now, limit);
      storeLost = false;
      Set<DocumentKey> keys = new HashSet<>();
      due.forEach(listed -> keys.add(listed.key()));
      core.watch.forgetOld();
      complained.keySet().retainAll(keys);
      int taken = 0;
      for (StateStore.Listed listed : due) {
        if (!core.drivers().containsKey(listed.key()) && look(listed)) {
          taken++;
        }
      }
      more = due.size() == limit && taken > 0;
      // What nobody here can go on with must not hide what comes after it.
      limit = due.size() == limit && taken == 0 ? Math.min(MANY, limit * 2) : FEW;
      return taken;
    } catch (ProvisioningException e) {
      if (storeLost) {
        log.debug("The store still cannot say what is due; asking again later.", e);
      } else {
        log.error("The store cannot say what is due; asking at every sweep until it can.", e);
      }
      storeLost = true;
      return 0;
    } finally {
      sweeping.set(false);
    }
  }

  private boolean look(StateStore.Listed listed) {
    try {
      return core.look(listed.key());
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.equals(complained.put(listed.key(), message))) {
        log.error("{} is due, but cannot be gone on with; it is left as it is.", listed.key(), e);
      }
      return false;
    }
  }
}
