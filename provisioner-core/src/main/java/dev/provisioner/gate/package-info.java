/** Steps that wait for the world. */
@NullMarked
package dev.provisioner.gate;

import org.jspecify.annotations.NullMarked;
