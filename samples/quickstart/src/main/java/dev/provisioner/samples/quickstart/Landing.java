package dev.provisioner.samples.quickstart;

/** A landing zone's outputs, by the names they have in the Terraform module. */
record Landing(String bucket, String role) {}
