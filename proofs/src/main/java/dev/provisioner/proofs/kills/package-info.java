/** Kills the quickstart, Terraform and its provider at random moments, and counts what is there. */
@NullMarked
package dev.provisioner.proofs.kills;

import org.jspecify.annotations.NullMarked;
