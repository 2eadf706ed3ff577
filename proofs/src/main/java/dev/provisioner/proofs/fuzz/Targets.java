package dev.provisioner.proofs.fuzz;

import dev.provisioner.terraform.EventsTarget;
import dev.provisioner.terraform.VariablesTarget;
import java.io.IOException;
import java.util.List;

/** All targets, by name. */
final class Targets {
  static final List<String> NAMES =
      List.of("document", "codec", "tenantid", "statefile", "keyring", "tfevents", "tfvariables");

  private Targets() {}

  /** Opens a target; what it needs on the disk is removed when it is closed. */
  static Target open(String name) throws IOException {
    return switch (name) {
      case "document" -> new DocumentTarget();
      case "codec" -> new CodecTarget();
      case "tenantid" -> new TenantIdTarget();
      case "statefile" -> new StateFileTarget();
      case "keyring" -> new KeyringTarget();
      case "tfevents" -> new EventsTarget();
      case "tfvariables" -> new VariablesTarget();
      default -> throw new IllegalArgumentException("There is no target '" + name + "'.");
    };
  }
}
