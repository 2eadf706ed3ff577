package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.SealedInput;
import dev.provisioner.jdbc.internal.Connections;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** With which keys the inputs of jobs are sealed. */
final class JobKeys {
  private static final int PAGE = 256;

  private final ProvisioningEngine engine;
  private final Connections connections;
  private final JobTable jobs;

  JobKeys(ProvisioningEngine engine, Connections connections, JobTable jobs) {
    this.engine = engine;
    this.connections = connections;
    this.jobs = jobs;
  }

  /** Counts the jobs whose inputs need each key. */
  Map<String, Integer> inUse() throws SQLException {
    Map<String, Integer> count = new TreeMap<>();
    forEach(
        (id, input) -> engine.keysInUse(input).forEach(key -> count.merge(key, 1, Integer::sum)));
    return count;
  }

  /** Seals every input anew that is not sealed with the current key alone. */
  void reseal() throws SQLException {
    forEach(
        (id, input) -> {
          SealedInput sealed = engine.reseal(input);
          Set<String> current = engine.keysInUse(sealed);
          if (!engine.keysInUse(input).equals(current)) {
            connections.call(
                true,
                connection -> {
                  jobs.reseal(connection, id, sealed);
                  return true;
                });
          }
        });
  }

  private void forEach(Action action) throws SQLException {
    String last = "";
    while (true) {
      String after = last;
      List<Entry> page =
          connections.call(true, connection -> jobs.withInput(connection, after, PAGE));
      for (Entry entry : page) {
        last = entry.job().id();
        if (entry.input() != null) {
          action.on(last, entry.input());
        }
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  /** What is done with an input. */
  private interface Action {
    void on(String id, SealedInput input) throws SQLException;
  }
}
