package dev.provisioner.terraform;

import java.util.List;

/** The arguments of each Terraform command. No variable is ever among them. */
final class Commands {
  static final String PLAN_FILE = "tfplan";
  static final String ERRORED_STATE = "errored.tfstate";

  private Commands() {}

  static List<String> version() {
    return List.of("version", "-json");
  }

  static List<String> init() {
    return List.of("init", "-json", "-input=false");
  }

  static List<String> plan() {
    return List.of("plan", "-json", "-input=false", "-out=" + PLAN_FILE);
  }

  static List<String> applyPlan() {
    return List.of("apply", "-json", "-input=false", PLAN_FILE);
  }

  /** Exit code 0: no drift; 2: drift. */
  static List<String> drift() {
    return List.of("plan", "-refresh-only", "-detailed-exitcode", "-json", "-input=false");
  }

  static List<String> destroy() {
    return List.of("destroy", "-auto-approve", "-json", "-input=false");
  }

  static List<String> output() {
    return List.of("output", "-json");
  }

  static List<String> pushErroredState() {
    return List.of("state", "push", ERRORED_STATE);
  }

  /** Returns whether a command may change resources: then a break-off leaves doubt. */
  static boolean changesResources(List<String> command) {
    return command.get(0).equals("apply") || command.get(0).equals("destroy");
  }

  /** Returns the command for people. */
  static String shown(List<String> command) {
    return switch (command.get(0)) {
      case "plan" -> command.contains("-refresh-only") ? "drift check" : "plan";
      case "state" -> "state push";
      default -> command.get(0);
    };
  }
}
