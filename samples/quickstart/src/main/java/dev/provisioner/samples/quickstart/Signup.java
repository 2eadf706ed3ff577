package dev.provisioner.samples.quickstart;

/** What is known of a tenant when it signs up: the plan's input. */
record Signup(String region, Size size) {}
