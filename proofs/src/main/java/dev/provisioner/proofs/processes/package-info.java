/**
 * Kills and stops processes that share a file store, and shows that nothing is lost or done twice.
 */
@NullMarked
package dev.provisioner.proofs.processes;

import org.jspecify.annotations.NullMarked;
