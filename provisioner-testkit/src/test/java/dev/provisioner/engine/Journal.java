package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.event.DurableListener;
import dev.provisioner.event.ProvisioningEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A durable listener that keeps all it is told of one tenant, and fails when the test says so. */
final class Journal implements DurableListener {
  final List<ProvisioningEvent> told = new ArrayList<>();
  int calls;
  boolean failing;

  @Override
  public synchronized void take(List<ProvisioningEvent> events) throws IOException {
    calls++;
    if (failing) {
      throw new IOException("the journal is away, as this test asked");
    }
    told.addAll(events);
  }

  /**
   * Returns the events, each once, by number. Asserts that each was told first in its turn, and
   * alike each time.
   */
  synchronized List<ProvisioningEvent> events() {
    Map<Long, ProvisioningEvent> events = new TreeMap<>();
    for (ProvisioningEvent event : told) {
      long sequence = event.header().sequence();
      ProvisioningEvent before = events.putIfAbsent(sequence, event);
      if (before == null) {
        assertThat(sequence).as("in its turn").isEqualTo(events.size());
      } else {
        assertThat(event).as("told again").isEqualTo(before);
      }
    }
    return new ArrayList<>(events.values());
  }

  List<String> story() {
    return events().stream().map(ProvisioningEvent::describe).toList();
  }
}
