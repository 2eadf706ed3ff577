package dev.provisioner.proofs.nodes;

import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Retry;
import dev.provisioner.plan.Step;
import dev.provisioner.proofs.Records;
import dev.provisioner.proofs.Records.Row;
import dev.provisioner.proofs.Records.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plan: one step, four that follow it, two that join those, and a last one that is retained.
 */
final class Diamond {
  private static final Retry RETRY =
      Retry.atMost(100).backoff(Duration.ofMillis(20), Duration.ofMillis(500));

  private Diamond() {}

  record Wish(String value) {}

  static Plan<Wish> plan(Records records) {
    Step<Wish, Row> one =
        Step.named("one", records).retry(RETRY).from(tenant -> new Spec(tenant.input().value()));
    Step<Wish, Row> a = after("a", records, one);
    Step<Wish, Row> b = after("b", records, one);
    Step<Wish, Row> c = after("c", records, one);
    Step<Wish, Row> d = after("d", records, one);
    Step<Wish, Row> left = joining("left", records, a, b);
    Step<Wish, Row> right = joining("right", records, c, d);
    Step<Wish, Row> last =
        Step.named("last", records)
            .retry(RETRY)
            .onDeprovision(OnDeprovision.RETAIN)
            .from(left, right, (tenant, l, r) -> new Spec(joined("last", l.value(), r.value())));
    return Plan.of("diamond", Wish.class, one, a, b, c, d, left, right, last);
  }

  private static Step<Wish, Row> after(String name, Records records, Step<Wish, Row> one) {
    return Step.named(name, records)
        .retry(RETRY)
        .from(one, (tenant, o) -> new Spec(name + "(" + o.value() + ")"));
  }

  private static Step<Wish, Row> joining(
      String name, Records records, Step<Wish, Row> first, Step<Wish, Row> second) {
    return Step.named(name, records)
        .retry(RETRY)
        .from(first, second, (tenant, f, s) -> new Spec(joined(name, f.value(), s.value())));
  }

  private static String joined(String name, String first, String second) {
    return name + "(" + first + "," + second + ")";
  }

  /** Returns what a tenant has after this input: the value by step. */
  static Map<String, String> rows(String value) {
    Map<String, String> rows = new TreeMap<>();
    rows.put("one", value);
    for (String name : List.of("a", "b", "c", "d")) {
      rows.put(name, name + "(" + value + ")");
    }
    rows.put("left", "left(a(" + value + "),b(" + value + "))");
    rows.put("right", "right(c(" + value + "),d(" + value + "))");
    rows.put("last", joined("last", rows.get("left") + "", rows.get("right") + ""));
    return rows;
  }
}
