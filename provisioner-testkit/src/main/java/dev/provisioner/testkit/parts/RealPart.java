package dev.provisioner.testkit.parts;

import java.nio.file.Path;
import java.util.Optional;

/** A real program or file tree that some tests need. */
public enum RealPart {
  /** The Terraform CLI: {@code PROVISIONER_TERRAFORM}, else {@code terraform} on the path. */
  TERRAFORM(
      "terraform", "no 'terraform' on the PATH; install it or name it in PROVISIONER_TERRAFORM"),

  /**
   * Terraform's AWS provider in a filesystem mirror: {@code PROVISIONER_TERRAFORM_MIRROR}, else one
   * of the usual plugin folders.
   */
  TERRAFORM_AWS_PROVIDER(
      "terraform-aws",
      "no filesystem mirror with the provider hashicorp/aws in the usual plugin folders; make one"
          + " with 'terraform providers mirror' and name it in PROVISIONER_TERRAFORM_MIRROR"),

  /** The AWS emulator: {@code PROVISIONER_MOTO_SERVER}, else {@code moto_server} on the path. */
  AWS_EMULATOR(
      "aws",
      "no 'moto_server' on the PATH; install moto[server] or name it in PROVISIONER_MOTO_SERVER"),

  /**
   * The folder of PostgreSQL's server programs: {@code PROVISIONER_POSTGRESQL}, else one on the
   * path or where its packages install it, the newest first. {@link PostgresServer} runs it.
   */
  POSTGRESQL(
      "postgresql",
      "no PostgreSQL server programs (initdb, postgres) on the PATH or in the usual folders; install"
          + " a server, which need not run, or name its bin folder in PROVISIONER_POSTGRESQL");

  private final String id;
  private final String whyMissing;

  RealPart(String id, String whyMissing) {
    this.id = id;
    this.whyMissing = whyMissing;
  }

  /** Returns the part's name in {@code PROVISIONER_REQUIRE}. */
  public String id() {
    return id;
  }

  /** Looks for the part. A setting that names something missing finds nothing. */
  public Optional<Path> find() {
    return switch (this) {
      case TERRAFORM -> Locator.program("PROVISIONER_TERRAFORM", "terraform");
      case TERRAFORM_AWS_PROVIDER -> Locator.awsProviderMirror();
      case AWS_EMULATOR -> Locator.program("PROVISIONER_MOTO_SERVER", "moto_server");
      case POSTGRESQL -> Locator.postgresPrograms();
    };
  }

  /** Returns where the part is. Use {@link RequiresPart} to skip the test when it is missing. */
  public Path path() {
    return find().orElseThrow(() -> new IllegalStateException("Missing: " + whyMissing + "."));
  }

  /** Returns why the part is missing and what to do, for people. */
  public String whyMissing() {
    return whyMissing;
  }

  /** Returns whether {@code PROVISIONER_REQUIRE} names the part: then its absence is a failure. */
  public boolean required() {
    for (String part : Locator.setting("PROVISIONER_REQUIRE").orElse("").split(",", -1)) {
      if (part.strip().equals(id)) {
        return true;
      }
    }
    return false;
  }
}
