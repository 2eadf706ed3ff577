package dev.provisioner.jdbc.queue;

import java.time.Duration;

/**
 * How a queue stands: for metrics and health checks.
 *
 * @param delayed jobs whose time has not come
 * @param waiting jobs that wait for their tenant's turn or for a worker, of all nodes
 * @param running jobs whose run is under way, of all nodes; runs that end at once are not noted
 * @param oldest how long the one that waits longest has waited since it might have begun; zero if
 *     none waits
 * @param workers how many jobs this node works on at the same time at most
 * @param busy how many it works on now
 */
public record QueueStatus(
    long delayed, long waiting, long running, Duration oldest, int workers, int busy) {}
