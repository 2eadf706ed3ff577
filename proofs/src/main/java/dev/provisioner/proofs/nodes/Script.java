package dev.provisioner.proofs.nodes;

import static dev.provisioner.jdbc.queue.Job.Kind.DEPROVISION;
import static dev.provisioner.jdbc.queue.Job.Kind.PROVISION;
import static dev.provisioner.jdbc.queue.Job.Kind.PURGE;

import dev.provisioner.jdbc.queue.Job.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What is asked for one tenant, and how. The same seed asks for the same.
 *
 * @param ghost whether something is submitted first in a transaction that is rolled back
 */
record Script(String tenant, Way way, boolean ghost, List<Order> orders) {

  /** How it is submitted. */
  enum Way {
    /** Together with those of other tenants. */
    TOGETHER,
    /** Each in a transaction of its own. */
    OWN_TRANSACTION,
    /** The first by a node's engine, past the queue; the others as above. */
    DIRECT
  }

  static List<Script> of(int tenants, long seed) {
    Random random = new Random(seed);
    List<Script> scripts = new ArrayList<>();
    for (int i = 0; i < tenants; i++) {
      scripts.add(of("t" + i, random));
    }
    return scripts;
  }

  private static Script of(String tenant, Random random) {
    int chance = random.nextInt(100);
    Way way = chance < 50 ? Way.TOGETHER : chance < 85 ? Way.OWN_TRANSACTION : Way.DIRECT;
    List<Kind> kinds = kinds(random.nextInt(100));
    int first = way == Way.DIRECT ? 1 : 0; // which has no job to cancel
    int last = kinds.size() - 1; // which is to set right what a cancelled one left
    int cancelled =
        !kinds.contains(DEPROVISION) && first < last && random.nextInt(100) < 40
            ? first + random.nextInt(last - first)
            : -1;
    int after = random.nextInt(2_000);
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      orders.add(new Order(tenant, i + 1, kinds.get(i), i == cancelled ? after : -1));
    }
    return new Script(tenant, way, random.nextInt(10) == 0, orders);
  }

  private static List<Kind> kinds(int chance) {
    if (chance < 55) {
      return List.of(PROVISION);
    } else if (chance < 75) {
      return List.of(PROVISION, PROVISION);
    } else if (chance < 83) {
      return List.of(PROVISION, PROVISION, PROVISION);
    } else if (chance < 92) {
      return List.of(PROVISION, DEPROVISION);
    }
    return List.of(PROVISION, DEPROVISION, PURGE, PROVISION);
  }

  /** Returns what was submitted and is never to be. */
  Order ghostly() {
    return new Order(tenant, 99, PROVISION, -1);
  }

  /** Returns those that are jobs. */
  List<Order> jobs() {
    return way == Way.DIRECT ? orders.subList(1, orders.size()) : orders;
  }
}
