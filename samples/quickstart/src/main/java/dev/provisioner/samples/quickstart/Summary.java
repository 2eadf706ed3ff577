package dev.provisioner.samples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells how it went for all tenants. */
final class Summary {
  private Summary() {}

  static void print(List<Result> results, Duration took) {
    System.out.println();
    System.out.println(line("#", "tenant", "region", "size", "result", "steps", "time", "bucket"));
    for (Result result : results) {
      Customer customer = result.customer();
      System.out.println(
          line(
              Integer.toString(customer.number()),
              customer.id().toString(),
              customer.signup().region(),
              customer.signup().size().label(),
              result.kind().label(),
              Integer.toString(result.changed().size()),
              seconds(result.took()),
              result.bucket()));
    }
    results.stream()
        .filter(result -> !result.explanation().isEmpty())
        .forEach(
            result ->
                System.out.println("\n" + result.customer().id() + "\n" + result.explanation()));
    System.out.println();
    System.out.println(totals(results, took));
  }

  private static String totals(List<Result> results, Duration took) {
    List<String> parts = new ArrayList<>();
    for (Result.Kind kind : Result.Kind.values()) {
      long count = results.stream().filter(result -> result.kind() == kind).count();
      if (count > 0) {
        parts.add(count + " " + kind.label());
      }
    }
    int steps = results.stream().mapToInt(result -> result.changed().size()).sum();
    return results.size()
        + (results.size() == 1 ? " tenant: " : " tenants: ")
        + String.join(", ", parts)
        + "; "
        + steps
        + " steps changed; "
        + seconds(took);
  }

  private static String line(
      String number,
      String tenant,
      String region,
      String size,
      String result,
      String steps,
      String time,
      String bucket) {
    return String.format(
        "%3s  %s  %-14s %-6s  %-13s %5s %8s  %s",
        number, Texts.fit(tenant, 28), region, size, result, steps, time, bucket);
  }

  private static String seconds(Duration time) {
    return time.compareTo(Duration.ofSeconds(1)) < 0
        ? time.toMillis() + " ms"
        : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
