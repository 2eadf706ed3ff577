/** Kills, stops and cuts off nodes on one PostgreSQL queue; nothing is lost or done twice. */
@NullMarked
package dev.provisioner.proofs.nodes;

import org.jspecify.annotations.NullMarked;
