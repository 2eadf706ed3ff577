package dev.provisioner.proofs.nodes;

import dev.provisioner.proofs.Audit.Taken;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long others took to go on with what a node left that was killed or stopped. */
final class Takeovers {
  /**
   * A blow.
   *
   * @param held the tokens of the runs that the node held, by tenant
   * @param picked which picking it was, by the jobs that the node had picked and not begun
   */
  private record Struck(long at, String node, Map<String, Long> held, Map<String, Long> picked) {}

  private final List<Struck> all = new ArrayList<>();
  private final List<Long> runs = new ArrayList<>();
  private final List<Long> jobs = new ArrayList<>();

  /** Notes a blow, and what the node had then. */
  void struck(long at, String node, Map<String, Long> held, Map<String, Long> picked) {
    all.add(new Struck(at, node, held, picked));
  }

  /**
   * Finds the first sign of another node's life for each. A run that its node's last write ended
   * needs none.
   */
  void measure(List<Taken> taken, Database database) throws SQLException {
    for (Struck struck : all) {
      struck
          .held()
          .forEach(
              (tenant, token) ->
                  taken.stream()
                      .filter(each -> each.tenant().equals(tenant) && each.token() > token)
                      .findFirst()
                      .ifPresent(first -> runs.add(first.at() - struck.at())));
      for (Map.Entry<String, Long> job : struck.picked().entrySet()) {
        for (long at : database.pickedAgain(job.getKey(), struck.node(), job.getValue())) {
          jobs.add(at - struck.at());
        }
      }
    }
  }

  @Override
  public String toString() {
    return "takeover of runs under way: %s%ntakeover of jobs picked but not begun: %s"
        .formatted(spread(runs), spread(jobs));
  }

  private static String spread(List<Long> millis) {
    if (millis.isEmpty()) {
      return "none";
    }
    List<Long> sorted = millis.stream().sorted().toList();
    return "%d, p50 %.1f s, p99 %.1f s, max %.1f s"
        .formatted(
            sorted.size(),
            sorted.get((sorted.size() - 1) / 2) / 1e3,
            sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1) / 1e3,
            sorted.get(sorted.size() - 1) / 1e3);
  }
}
