package dev.provisioner.jdbc.queue;

/**
 * A job whose turn has come.
 *
 * @param position by which the scheduler knows it
 */
record Turn(String id, String plan, long position, int priority) {}
