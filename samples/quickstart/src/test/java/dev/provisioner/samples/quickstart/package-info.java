/** Runs the sample as its users do. */
@NullMarked
package dev.provisioner.samples.quickstart;

import org.jspecify.annotations.NullMarked;
