/** Finds, starts and stops the real programs that tests run against. */
@NullMarked
package dev.provisioner.testkit.parts;

import org.jspecify.annotations.NullMarked;
