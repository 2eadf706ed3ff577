package dev.provisioner.event;

import java.util.List;

/**
 * Is told every recorded event at least once, whatever crashes: for audit and status tables, and
 * for what another system must learn. Events are recorded in the tenant's state together with what
 * they tell of, and leave it when the listener has taken them.
 *
 * <p><strong>When.</strong> Soon after the event was recorded, on a thread of its own; after a
 * crash, by whichever engine with a listener of this name comes to it. {@link
 * ProvisioningEvent.StepStarted}, {@link ProvisioningEvent.StepProgressed} and {@link
 * ProvisioningEvent.LeaseLost} are not recorded, and so not told.
 *
 * <p><strong>In which order.</strong> Events of one tenant and plan come in the order of their
 * sequence numbers. An event that comes again, as after a crash, has the same number and content,
 * and may come after later ones: pass over what was taken before, by installation, tenant, plan and
 * sequence.
 *
 * <p><strong>A listener that throws</strong> is told the same events again, after 1 s and then less
 * and less often, at least every 5 min. Meanwhile they wait in the tenant's state. When some 200
 * wait, nothing new is begun for that tenant until there is room; other tenants are not affected.
 * {@code TenantStatus.undelivered} tells how many wait.
 *
 * <p>Thread-safe: calls for different tenants overlap, up to 16 in one engine. A call that does not
 * return keeps one of these places, and holds up its tenant alone.
 */
@FunctionalInterface
public interface DurableListener {

  /**
   * Takes events. To return is to have them safe; they are not told again, unless a crash comes
   * between.
   *
   * @param events one or more of one tenant and plan, in order, of which some may have been told
   *     before; texts are cut after 1,000 characters
   * @throws Exception if they could not be taken; all of them are told again
   */
  void take(List<ProvisioningEvent> events) throws Exception;
}
