package dev.provisioner.proofs.kills;

import dev.provisioner.proofs.kills.Round.Struck;
import dev.provisioner.proofs.kills.Site.Tenant;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The life of a site's tenants, operation by operation. */
final class Life {
  private static final int MOST_RUNS = 6;

  /** What Terraform says of a thing that a killed one made without noting it. */
  private static final Pattern EXISTS =
      Pattern.compile("(aws_\\w+\\.\\w+): creating [^(\\n]*\\((?:/landing/)?([a-z0-9-]+)\\)");

  private static final String TOLD =
      "Something with this name is there, but not in this stack's state. If an apply of this stack"
          + " was killed, it may have made it: delete it,";

  private final Site site;
  private final Cloud cloud;
  private final Striker striker;
  private final Inspection inspection;
  private final Map<String, Long> creations = new HashMap<>();

  Life(Site site, Cloud cloud, Striker striker) throws IOException, InterruptedException {
    this.site = site;
    this.cloud = cloud;
    this.striker = striker;
    this.inspection = new Inspection(site, cloud);
  }

  /** Starts an operation, strikes it, goes on with it until it is done, and inspects. */
  Round round(int number, Operation operation, List<Blow> blows)
      throws IOException, InterruptedException {
    List<Struck> struck = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Launched host = site.start(operation.arguments());
    long last = System.nanoTime();
    for (Blow blow : blows) {
      Struck strike = striker.strike(blow, site, host, operation);
      struck.add(strike);
      if (!strike.trouble().isEmpty()) {
        faults.add(strike.trouble());
      }
      if (!strike.landed()) {
        break;
      }
      last = System.nanoTime();
      if (blow.killsJvm) {
        host.succeeds();
        host = again(operation);
      }
    }
    finish(host, operation, doubts, faults);
    Duration recovery = Duration.ofNanos(System.nanoTime() - last);
    if (struck.isEmpty() || !struck.get(0).landed()) {
      striker.takes(operation, struck.isEmpty() ? recovery : struck.get(0).after());
    }
    boolean there = operation != Operation.REMOVE;
    if (!there) {
      remove();
    }
    faults.addAll(inspection.faults(there));
    boolean spared = blows.stream().allMatch(blow -> blow.sparesTerraform);
    (spared ? faults : doubts).addAll(createdAgain());
    faults.addAll(onceMore(operation));
    return new Round(number, operation, struck, recovery, doubts, faults);
  }

  /** Goes on with what broke off; a change that was not noted yet is asked for again. */
  private Launched again(Operation operation) throws IOException {
    boolean unheard = operation == Operation.CHANGE && !site.changed();
    return site.start(unheard ? operation.arguments() : operation.again());
  }

  /** Removes every tenant, undisturbed. */
  void remove() throws IOException, InterruptedException {
    for (int i = 1; i <= site.tenants().size(); i++) {
      site.start(List.of("--remove", Integer.toString(i))).succeeds();
    }
  }

  /**
   * Returns the buckets that were created more often than known: S3 answers a second creation by
   * the same owner in us-east-1 as it does the first, so that nobody is told.
   */
  private List<String> createdAgain() throws IOException {
    List<String> again = new ArrayList<>();
    for (String name : inspection.names()) {
      long known = creations.getOrDefault(name, 1L);
      long now = cloud.creations(name);
      if (now > known) {
        again.add("bucket " + name + " was created " + now + " times");
      }
      creations.put(name, Math.max(now, known));
    }
    return again;
  }

  /**
   * Runs until it is done; what the library says it cannot know is settled as an operator would.
   */
  private void finish(Launched first, Operation operation, List<String> doubts, List<String> faults)
      throws IOException, InterruptedException {
    Launched host = first;
    for (int runs = 1; !host.succeeds() && runs < MOST_RUNS; runs++) {
      List<String> settled = settle(host.text());
      doubts.addAll(settled);
      if (settled.isEmpty()) {
        faults.add("it ended with " + host.verdict());
      }
      host = again(operation);
    }
  }

  /** Deletes what is there without a stack that knows it; only if the message says just that. */
  private List<String> settle(String text) throws IOException, InterruptedException {
    List<String> settled = new ArrayList<>();
    Matcher m = EXISTS.matcher(text);
    while (text.contains(TOLD) && m.find()) {
      for (Tenant tenant : site.tenants()) {
        String what = m.group(1) + " " + m.group(2);
        if (m.group(2).startsWith(tenant.slug() + "-") && !settled.contains(what)) {
          cloud.delete(m.group(1), m.group(2), tenant.region());
          settled.add(what);
        }
      }
    }
    return settled;
  }

  /** A further run finds nothing to do. */
  private List<String> onceMore(Operation operation) throws IOException, InterruptedException {
    Launched further = site.start(operation.again());
    boolean well = further.succeeds();
    String nothing = ": " + site.tenants().size() + " nothing to do; 0 steps changed;";
    boolean idle = operation == Operation.REMOVE || further.text().contains(nothing);
    return well && idle ? List.of() : List.of("a further run ended with " + further.verdict());
  }
}
