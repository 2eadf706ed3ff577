package dev.provisioner.jdbc.schema;

import dev.provisioner.spi.Attempt;

/**
 * What an attempt is about: the wanted names, the marker, the password.
 *
 * @param spec what is wanted
 * @param attempt whose it is
 */
record Target(SchemaSpec spec, Attempt attempt) {

  String schema() {
    return spec.schema() == null ? derived() : spec.schema();
  }

  String role() {
    return spec.role() == null ? derived() : spec.role();
  }

  /** The name of the policy that opens the tenant's rows of a shared table. */
  String policy() {
    return derived();
  }

  /** The name of the policy that closes all other rows. */
  String restrictivePolicy() {
    return derived() + "_only";
  }

  /** PostgreSQL keeps names that begin with pg_ for itself, and a tenant's id may. */
  private String derived() {
    String name = attempt.name();
    return name.startsWith("pg_") ? "t" + name : name;
  }

  String marker() {
    return attempt.marker().text();
  }

  Passwords passwords() {
    return new Passwords(spec, attempt);
  }

  /** Names it for people. */
  String place() {
    return "schema '" + schema() + "' and role '" + role() + "'";
  }
}
