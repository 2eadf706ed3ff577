package dev.provisioner.testkit.simulation;

/**
 * What was made.
 *
 * @param id the cloud's, never used twice
 */
record Made(String id) {}
