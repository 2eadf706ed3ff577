package dev.provisioner.state;

/** The range of a page's size. */
final class Limits {
  private static final int MAX = 10_000;

  private Limits() {}

  /** Refuses a size outside the range. */
  static void check(int limit) {
    if (limit < 1 || limit > MAX) {
      throw new IllegalArgumentException(
          "A page holds 1 to " + MAX + " documents, not " + limit + ".");
    }
  }
}
