package dev.provisioner.samples.quickstart;

/** What can be counted in a world. */
enum Thing {
  BUCKET("buckets in the emulator"),
  ROLE("roles in the emulator"),
  STACK("Terraform stacks on disk"),
  FOLDER("folders"),
  ACCESS_KEY("access keys");

  private final String plural;

  Thing(String plural) {
    this.plural = plural;
  }

  String plural() {
    return plural;
  }
}
