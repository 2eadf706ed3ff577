/**
 * A durable queue of provision and removal requests, worked off by any number of nodes on one
 * database.
 */
@NullMarked
package dev.provisioner.jdbc.queue;

import org.jspecify.annotations.NullMarked;
