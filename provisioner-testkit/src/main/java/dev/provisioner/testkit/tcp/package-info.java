/** A proxy that cuts, stalls and slows down connections. */
@NullMarked
package dev.provisioner.testkit.tcp;

import org.jspecify.annotations.NullMarked;
