/** The proofs that are commands: each has a package of its own, named like the command. */
@NullMarked
package dev.provisioner.proofs;

import org.jspecify.annotations.NullMarked;
