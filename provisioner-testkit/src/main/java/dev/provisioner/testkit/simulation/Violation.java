package dev.provisioner.testkit.simulation;

/**
 * Ends a world in which a rule was broken: an error, so that nothing takes it for a failed call.
 */
final class Violation extends Error {
  private final Rule rule;

  Violation(Rule rule, String what) {
    super(what);
    this.rule = rule;
  }

  Rule rule() {
    return rule;
  }
}
