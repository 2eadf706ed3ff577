/** Feeds hostile bytes to everything that reads them, guided by coverage. */
@NullMarked
package dev.provisioner.proofs.fuzz;

import org.jspecify.annotations.NullMarked;
