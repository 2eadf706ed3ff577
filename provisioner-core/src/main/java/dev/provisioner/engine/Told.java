package dev.provisioner.engine;

/** What every outcome tells. */
record Told(String run, String explanation) {}
