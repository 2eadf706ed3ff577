package dev.provisioner.samples.quickstart;

/** An access key that is wanted, for a workspace. */
record AccessKeySpec(String workspace) {}
