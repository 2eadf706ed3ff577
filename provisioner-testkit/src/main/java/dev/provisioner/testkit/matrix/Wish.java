package dev.provisioner.testkit.matrix;

/** What the tenant of the matrix wants; each field changes other steps. */
record Wish(String region, String zone, String owner, boolean analytics) {
  static final Wish FIRST = new Wish("eu", "a", "ann", true);
  static final Wish PLAIN = new Wish("eu", "a", "ann", false);
  static final Wish OTHER = new Wish("us", "b", "bob", false);
  static final Wish MORE = new Wish("us", "b", "bob", true);
}
