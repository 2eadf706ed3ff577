/** Runs, fails, cancels and removes on and on, and shows that nothing grows. */
@NullMarked
package dev.provisioner.proofs.soak;

import org.jspecify.annotations.NullMarked;
