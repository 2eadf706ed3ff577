package dev.provisioner.jdbc.queue;

import dev.provisioner.event.EventListener;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.LeaseLost;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Knows which runs that end in this engine may have a job that no worker waits with: those that
 * were left while they were parked, and those that did not begin here. Their jobs are then looked
 * at at once. A shortcut: a job whose run's end nobody tells of is looked at within a minute.
 */
final class Parked implements EventListener {
  private final Set<String> begunHere = ConcurrentHashMap.newKeySet();
  private final Set<String> left = ConcurrentHashMap.newKeySet();
  private volatile Consumer<String> look = run -> {};

  /** Sets who is told of the end of such a run. */
  void tell(Consumer<String> whom) {
    look = whom;
  }

  void add(String run, Entry entry) {
    if (run.equals(entry.job().id())) {
      left.add(run);
    }
  }

  @Override
  public void on(ProvisioningEvent event) {
    String run = event.header().run();
    if (event instanceof RunStarted) {
      begunHere.add(run);
    } else if (event instanceof RunEnded) {
      boolean waitedFor = begunHere.remove(run);
      if (left.remove(run) || !waitedFor) {
        look.accept(run);
      }
    } else if (event instanceof LeaseLost) {
      begunHere.remove(run);
    }
  }
}
