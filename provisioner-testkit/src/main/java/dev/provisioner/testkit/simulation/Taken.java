package dev.provisioner.testkit.simulation;

import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the durable listeners have taken of all tenants, each event counted once. */
final class Taken {
  private final Model model;
  private final Map<String, Map<TenantId, List<ProvisioningEvent>>> byListener = new TreeMap<>();

  Taken(Model model) {
    this.model = model;
  }

  void add(String listener, ProvisioningEvent event) {
    TenantId tenant = event.header().tenant();
    long sequence = event.header().sequence();
    List<ProvisioningEvent> taken = of(listener, tenant);
    model.require(
        Rule.DELIVERED,
        sequence <= model.doc(tenant).events(),
        event.describe(),
        " was told to ",
        listener,
        " before it was recorded");
    model.require(
        Rule.DELIVERED,
        sequence <= taken.size() + 1,
        listener,
        " was told number ",
        sequence,
        " of ",
        tenant,
        " after ",
        taken.size());
    if (sequence > taken.size()) {
      taken.add(event);
    } else {
      ProvisioningEvent before = taken.get((int) sequence - 1);
      model.require(Rule.DELIVERED, event.equals(before), event, " was ", before, " before");
    }
  }

  private List<ProvisioningEvent> of(String listener, TenantId tenant) {
    return byListener
        .computeIfAbsent(listener, key -> new TreeMap<>())
        .computeIfAbsent(tenant, key -> new ArrayList<>());
  }

  /** Requires that all there was to tell of a tenant has been, up to the end of its last run. */
  void requireAll(TenantId tenant, Doc doc) {
    for (String listener : byListener.keySet()) {
      List<ProvisioningEvent> taken = of(listener, tenant);
      model.require(
          Rule.DELIVERED,
          taken.size() == doc.events(),
          listener,
          " has taken ",
          taken.size(),
          " of ",
          doc.events(),
          " events of ",
          tenant);
      ProvisioningEvent last = taken.get(taken.size() - 1);
      model.require(
          Rule.DELIVERED,
          last instanceof RunEnded ended
              && ended.header().run().equals(doc.run())
              && ended.status().name().equals(doc.status()),
          "the last that ",
          listener,
          " was told of ",
          tenant,
          " is ",
          last.describe());
    }
  }
}
