package dev.provisioner.samples.quickstart;

import java.time.Duration;
import java.util.List;

/**
 * How it went for a tenant.
 *
 * @param changed the steps that changed something
 * @param bucket the name of its bucket, or empty
 * @param explanation why it failed, or empty
 */
record Result(
    Customer customer,
    Kind kind,
    List<String> changed,
    Duration took,
    String bucket,
    String explanation) {

  /** How it went, in a word. */
  enum Kind {
    PROVISIONED("provisioned"),
    CHANGED("changed"),
    RESUMED("resumed"),
    NOTHING("nothing to do"),
    FAILED("FAILED");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}
