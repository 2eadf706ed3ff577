package dev.provisioner.samples.quickstart;

/** A folder that was made. */
record Folder(String name) {}
