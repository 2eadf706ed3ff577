package dev.provisioner.event;

/**
 * Is told what happens. Each listener has a queue and a turn of its own: a slow or throwing one
 * harms neither runs nor other listeners. Best effort: a listener that falls far behind loses the
 * oldest events, which is logged; an event may be told twice after a crash, with the same sequence
 * number. What must not be lost is for a {@link DurableListener}.
 */
@FunctionalInterface
public interface EventListener {

  /** Is told an event. Calls of one listener never overlap. */
  void on(ProvisioningEvent event);
}
