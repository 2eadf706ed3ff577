package dev.provisioner.terraform;

import java.util.Locale;

/** Java's names as Terraform's. */
final class SnakeCase {
  private SnakeCase() {}

  /** Returns {@code vpc_id} for {@code vpcId}, {@code db_url} for {@code dbURL}. */
  static String of(String camelCase) {
    return camelCase
        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
